import { DOMParser } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';
import type { DataModel, Field, Model, Relation } from './DataModel';
import { parseOptions } from './parse-options';
import { parseWebhook } from './parse-webhook';

/** Field types that this emulator can hold; attachments, photos, signatures, locations and tracks it cannot. */
const FIELD_TYPES = [
  'text',
  'number',
  'integer',
  'boolean',
  'date',
  'datetime',
  'single-choice',
  'single-choice-integer',
  'multiple-choice',
  'multiple-choice-integer'
];

/**
 * Reads a data model (`schema.xml`).
 *
 * @throws Error naming the model and the field where it is not well-formed or holds what the emulator cannot
 */
export function parseDataModel(xml: string): DataModel {
  const stop = (_level: string, message: string): never => {
    throw new Error(`The data model is not well-formed XML: ${message}`);
  };
  const document = new DOMParser({ onError: stop }).parseFromString(xml, 'text/xml');
  const models = new Map<string, Model>();
  for (const element of Array.from(document.getElementsByTagName('model'))) {
    const model = parseModel(element);
    if (models.has(model.name)) throw new Error(`The data model has two models "${model.name}".`);
    models.set(model.name, model);
  }
  return { xml, models };
}

function parseModel(element: Element): Model {
  const name = readName(element, 'A model');
  const children = (tag: string): Element[] =>
    Array.from(element.getElementsByTagName(tag)).filter((child) => child.parentNode === element);
  const relations = (tag: string): Map<string, Relation> =>
    new Map(
      children(tag)
        .map((child) => parseRelation(child, name))
        .map((relation) => [relation.name, relation])
    );
  const fields = children('field').map((child) => parseField(child, name));
  const [belongsTo, hasMany] = [relations('belongs-to'), relations('has-many')];
  const known = [...fields.map((field) => field.name), ...belongsTo.keys(), ...hasMany.keys()];
  return {
    name,
    label: element.getAttribute('label') ?? name,
    display: children('display')[0]?.textContent?.trim() ?? '',
    fields: new Map(fields.map((field) => [field.name, field])),
    belongsTo,
    hasMany,
    webhooks: children('webhook').map((child) => parseWebhook(child, name, known))
  };
}

function parseField(element: Element, model: string): Field {
  const name = readName(element, `A field of model "${model}"`);
  const written = element.getAttribute('type') ?? '';
  const [type = '', subtype] = written.split(':');
  if (!FIELD_TYPES.includes(type)) {
    throw new Error(
      `The field "${model}.${name}" has the type "${written}"; the local backend knows ${FIELD_TYPES.join(', ')}.`
    );
  }
  const label = element.getAttribute('label') ?? name;
  return { name, label, type, subtype, options: parseOptions(element, type) };
}

function parseRelation(element: Element, of: string): Relation {
  const model = element.getAttribute('model');
  if (model === null || model === '') throw new Error(`A relation of model "${of}" names no model.`);
  return { model, name: element.getAttribute('name') || model };
}

function readName(element: Element, what: string): string {
  const name = element.getAttribute('name');
  if (name === null || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) throw new Error(`${what} has no proper name.`);
  return name;
}

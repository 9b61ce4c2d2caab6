import { DOMParser } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';
import { checkDataModel } from '../schema/check-data-model';
import { readDisplay } from '../schema/check-display';
import { findOtherSide, nameOfRelation } from '../schema/check-relations';
import type { Models } from '../schema/check-relations';
import { listChildren, readAttribute } from '../schema/read-element';
import type { DataModel, Field, Model, Relation } from './DataModel';
import { parseOptions } from './parse-options';
import { parseWebhook } from './parse-webhook';

/**
 * Reads a data model (`schema.xml`).
 *
 * @throws Error with every mistake, its line, its column and what to do; where it is not well-formed, with the first one
 */
export function parseDataModel(xml: string): DataModel {
  // XML allows a byte order mark, and editors on Windows write one.
  const root = parseXml(xml.replace(/^\uFEFF/, ''));
  const mistakes = checkDataModel(root);
  const lines = mistakes.list();
  if (lines.length === 1) throw new Error(lines[0]);
  if (lines.length > 1) throw new Error(`it has ${lines.length} mistakes:\n  ${lines.join('\n  ')}`);
  const elements = new Map(listChildren(root, 'model').map((element) => [readName(element), element]));
  const models = [...elements].map(([name, element]) => [name, parseModel(element, elements)] as const);
  return { xml, models: new Map(models), warnings: mistakes.listWarnings() };
}

function parseXml(xml: string): Element {
  let mistake: Error | undefined;
  const stop = (
    _level: string,
    message: string,
    context: { locator?: { lineNumber?: number; columnNumber?: number } }
  ) => {
    const { lineNumber = 1, columnNumber = 1 } = context.locator ?? {};
    const place = `line ${Math.max(lineNumber, 1)}, column ${Math.max(columnNumber, 1)}`;
    mistake ??= new Error(
      `${place}: The data model is not well-formed XML: ${message.replaceAll('\n', ' ')}. Mend this first.`
    );
    throw mistake;
  };
  try {
    const { documentElement } = new DOMParser({ onError: stop }).parseFromString(xml, 'text/xml');
    if (documentElement !== null) return documentElement;
  } catch (error) {
    // The parser wraps what `stop` throws in words of its own.
    throw mistake ?? error;
  }
  throw new Error('The data model is not well-formed XML: it is empty.');
}

function parseModel(element: Element, models: Models): Model {
  const name = readName(element);
  const fields = listChildren(element, 'field').map(parseField);
  const belongsTo = listChildren(element, 'belongs-to').map(parseRelation);
  const hasMany = listChildren(element, 'has-many').map((child): Relation => {
    const side = findOtherSide(child, name, models);
    return { ...parseRelation(child), ...(side && { inverse_of: nameOfRelation(side) }) };
  });
  return {
    name,
    label: readAttribute(element, 'label') ?? name,
    display: readDisplay(element).trim(),
    fields: new Map(fields.map((field) => [field.name, field])),
    belongsTo: new Map(belongsTo.map((relation) => [relation.name, relation])),
    hasMany: new Map(hasMany.map((relation) => [relation.name, relation])),
    webhooks: listChildren(element, 'webhook').map((child) => parseWebhook(child, name))
  };
}

function parseField(element: Element): Field {
  const name = readName(element);
  const [type = '', subtype] = (readAttribute(element, 'type') ?? '').split(':');
  return { name, label: readAttribute(element, 'label') ?? name, type, subtype, options: parseOptions(element, type) };
}

function parseRelation(element: Element): Relation {
  return { name: nameOfRelation(element), model: readAttribute(element, 'model') ?? '' };
}

function readName(element: Element): string {
  return readAttribute(element, 'name') ?? '';
}

import type { Element } from '@xmldom/xmldom';
import { nameOfRelation } from './check-relations';
import type { Mistakes } from './Mistakes';
import { listChildren, nodeOf, readAttribute } from './read-element';

/** Checks a `<webhook>` of a model. Its fields may be relations, too. */
export function checkWebhook(webhook: Element, model: Element, modelName: string, mistakes: Mistakes): void {
  const add = (attribute: string, what: string): void =>
    mistakes.add(nodeOf(webhook, attribute), `A webhook of model "${modelName}" ${what}.`);
  const [type, receiver, action] = ['type', 'receiver', 'action'].map((name) => readAttribute(webhook, name));
  if (type !== 'ready' && type !== 'update') {
    add('type', 'must have the type "ready" or "update"');
  }
  if (receiver !== undefined && receiver !== 'cloudcode' && receiver !== 'pdfmailer') {
    add('receiver', 'may have the receiver "cloudcode" or "pdfmailer" only, or none');
  }
  if (receiver === undefined ? action !== undefined : !action) {
    add('action', 'has an action if and only if it has a receiver');
  }
  const known = [
    ...listChildren(model, 'field').map((field) => readAttribute(field, 'name')),
    ...listChildren(model, 'belongs-to').map(nameOfRelation),
    ...listChildren(model, 'has-many').map((list) => readAttribute(list, 'name'))
  ];
  for (const field of listChildren(webhook, 'field')) checkCondition(field, modelName, known, mistakes);
}

function checkCondition(
  field: Element,
  model: string,
  known: readonly (string | undefined)[],
  mistakes: Mistakes
): void {
  const name = readAttribute(field, 'name') ?? '';
  if (!known.includes(name)) {
    mistakes.add(
      nodeOf(field, 'name'),
      `A webhook of model "${model}" names "${name}", which is no field and no relation of the model.`
    );
  }
  for (const flag of ['required', 'embed']) {
    const value = readAttribute(field, flag) ?? 'true';
    if (!['true', 'false', ''].includes(value)) {
      mistakes.add(
        nodeOf(field, flag),
        `A webhook of model "${model}" says ${flag}="${value}"; it is "true" or "false".`
      );
    }
  }
  if (!['present', 'uploaded'].includes(readAttribute(field, 'state') ?? 'present')) {
    mistakes.add(
      nodeOf(field, 'state'),
      `A webhook of model "${model}" has a field with a state that is neither "present" nor "uploaded".`
    );
  }
}

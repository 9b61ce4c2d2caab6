import type { Element } from '@xmldom/xmldom';
import type { Webhook } from './DataModel';

/**
 * Reads a `<webhook>` of a model. The rules are those of the vendor's parser.
 *
 * @param known the fields and relations of the model, which the webhook may name
 * @throws Error naming the model where a rule is broken
 */
export function parseWebhook(element: Element, model: string, known: readonly string[]): Webhook {
  const read = (name: string): string | undefined => element.getAttribute(name) || undefined;
  const fail = (what: string): never => {
    throw new Error(`A webhook of model "${model}" ${what}.`);
  };
  const [type, receiver, action] = [read('type'), read('receiver'), read('action')];
  if (type !== 'ready' && type !== 'update') return fail('must have the type "ready" or "update"');
  if (receiver !== undefined && receiver !== 'cloudcode' && receiver !== 'pdfmailer') {
    return fail('may have the receiver "cloudcode" or "pdfmailer" only');
  }
  if ((receiver === undefined) !== (action === undefined))
    return fail('has an action if and only if it has a receiver');
  const conditions = Array.from(element.getElementsByTagName('field')).map((child) => {
    const name = child.getAttribute('name') ?? '';
    if (!known.includes(name)) fail(`names "${name}", which is no field and no relation of the model`);
    const flag = (attribute: string): boolean => {
      const value = child.getAttribute(attribute) ?? 'true';
      return value === 'true' || (value !== 'false' && fail(`says ${attribute}="${value}"; it is "true" or "false"`));
    };
    if (!['', 'present', 'uploaded'].includes(child.getAttribute('state') ?? '')) {
      fail('has a field with a state that is neither "present" nor "uploaded"');
    }
    return { name, isRequired: flag('required'), isEmbedded: flag('embed') };
  });
  return {
    name: read('name') ?? [receiver, model, type, action].filter(Boolean).join('_'),
    type,
    receiver,
    action,
    required: conditions.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    left: conditions.filter(({ isEmbedded }) => !isEmbedded).map(({ name }) => name)
  };
}

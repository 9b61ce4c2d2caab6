import type { Element } from '@xmldom/xmldom';
import { listChildren, readAttribute } from '../schema/read-element';
import type { Webhook } from './DataModel';

/** Reads a `<webhook>` of a model that was checked. The defaults are those of the vendor's parser. */
export function parseWebhook(element: Element, model: string): Webhook {
  const read = (name: string): string | undefined => readAttribute(element, name) || undefined;
  const [type, receiver, action] = [read('type'), read('receiver'), read('action')];
  const conditions = listChildren(element, 'field').map((child) => ({
    name: readAttribute(child, 'name') ?? '',
    isRequired: readAttribute(child, 'required') !== 'false',
    isEmbedded: readAttribute(child, 'embed') !== 'false'
  }));
  return {
    name: read('name') ?? [receiver, model, type, action].filter(Boolean).join('_'),
    type: type === 'update' ? 'update' : 'ready',
    receiver: receiver === 'cloudcode' || receiver === 'pdfmailer' ? receiver : undefined,
    action,
    required: conditions.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    left: conditions.filter(({ isEmbedded }) => !isEmbedded).map(({ name }) => name)
  };
}

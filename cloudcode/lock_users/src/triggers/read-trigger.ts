import isPlainObject = require('lodash/isPlainObject');
import { invalidParameters, parseParameters } from '../input/parse-parameters';
import type { Parameters } from '../input/parameters';

/** What started an invocation: parameters, or the webhook of a `lock_run` object. */
export type Trigger =
  | { readonly kind: 'parameters'; readonly parameters: Parameters }
  | { readonly kind: 'webhook'; readonly objectId: string };

const MODEL = 'lock_run';
/** Names that payloads of webhooks have and parameters do not. */
const PAYLOAD_NAMES = ['event', 'object', 'account_id', 'id', 'type'];

/**
 * Reads what a trigger hands over, and tells a webhook's payload from parameters. What a CloudCode task is handed is published
 * nowhere, so both plausible shapes are taken: the documented one of external webhooks (`{ event, …, object }`) and the bare
 * object.
 *
 * Of the payload only the id is used: webhooks may be late, repeated or out of order, and the database knows better.
 * @throws LockUsersError `INVALID_PARAMETERS`, also where it looks like a payload and is none of a `lock_run`
 */
export function readTrigger(params: unknown): Trigger {
  const payload = (isPlainObject(params) ? params : {}) as Readonly<Record<string, unknown>>;
  if (!PAYLOAD_NAMES.some((name) => Object.keys(payload).includes(name))) {
    return { kind: 'parameters', parameters: parseParameters(params) };
  }
  const object: unknown = 'object' in payload ? payload['object'] : payload;
  const { id, type } = (isPlainObject(object) ? object : {}) as Readonly<Record<string, unknown>>;
  if (type === MODEL && typeof id === 'string' && id !== '') return { kind: 'webhook', objectId: id };
  throw invalidParameters([
    `This looks like the payload of a webhook, but it is not about an object of the model "${MODEL}".`
  ]);
}

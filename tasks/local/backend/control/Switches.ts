/**
 * What the emulator does where the platform's behaviour is published nowhere. docs/local-backend.md has the reasons.
 * The first value of each is the default and the harshest: what a client has to survive if it is true. Exceptions: `filterById`
 * works as the vendor's library relies on, `listTotal` and `wipeFalse` are as documented, and without `usersApi` nothing could be tried.
 */
export interface Switches {
  /** What the result of a `users/lock` operation repeats of it, beside `success` and `error`. */
  readonly echo: 'nothing' | 'ids' | 'all';
  /** The answer to a batch of more than 1000 operations: 413 in plain text, or 400 in JSON. */
  readonly overLimitError: 'plain' | 'json';
  /** How operations after the first error look with `stop_on_error`: left out, null, or marked `success: false`. */
  readonly stopOnErrorTail: 'omitted' | 'null' | 'marked';
  /** Whether locking a user who is locked is an error, and unlocking one who is unlocked. */
  readonly repeatLock: 'error' | 'success';
  /** The `type` of that error: `INVALID_OPERATION`, or `ALREADY_LOCKED` and `ALREADY_UNLOCKED`. */
  readonly repeatError: 'invalid-operation' | 'already';
  /** The answer to lock, unlock, wipe and re-authenticate: 204, 200 with the user as JSON, or 200 with no body. */
  readonly actionAnswer: 'no-content' | 'user' | 'empty';
  /**
   * Which lists have `total`: those for `Token` clients (CloudCode) only with `total=true`, all others always; or all of them only
   * with `total=true`; or all of them always.
   */
  readonly listTotal: 'by-client' | 'on-request' | 'always';
  /** What a lock does whose `wipe` is missing or is neither true nor false. */
  readonly missingWipe: 'wipe' | 'keep' | 'refuse';
  /** What a lock with `wipe: false` does: it keeps the data, as documented, or it wipes all the same. */
  readonly wipeFalse: 'keeps' | 'wipes';
  /** Whether an unknown method or a missing `user_id` spoils the whole batch or only its operation. */
  readonly invalidOperation: 'whole-request' | 'per-operation';
  /** The body of a 401. */
  readonly unauthorizedBody: 'text' | 'json';
  /** The status of a created object. */
  readonly createStatus: '201' | '200';
  /** How a user who was never in the app shows sessions: without the key, or as an empty list. */
  readonly sessionsOfNewUser: 'absent' | 'empty';
  /** Users on a page of `GET users` where the request names no limit, and the most it may name: `default/most`. */
  readonly usersPageSize: '100/1000' | '10/100' | '1000/1000';
  /** What a webhook hands to a task: the payload documented for external systems, or the object alone. */
  readonly webhookPayload: 'external' | 'object';
  /** Whether `id = ?` and `id in ?` work in queries of objects, are refused with 400, or are ignored: every object is shown. */
  readonly filterById: 'works' | 'refused' | 'ignored';
  /**
   * What becomes of `users/unlock` in a batch: its operation is refused, or the whole batch, or it works, or it is answered
   * with success and does nothing.
   */
  readonly batchUnlock: 'refused-operation' | 'refused-request' | 'works' | 'claims-success';
  /** How a 429 of the rate limit says how long to wait: not at all, in seconds, or by a date. */
  readonly retryAfterHeader: 'absent' | 'seconds' | 'date';
  /** Whether the deployment has the users API, or it is as an old app may be: its routes and `users/…` in a batch are unknown. */
  readonly usersApi: 'there' | 'absent';
}

/** Every switch with its values, the default first. */
export const SWITCH_VALUES: { readonly [Name in keyof Switches]: readonly [Switches[Name], ...Switches[Name][]] } = {
  echo: ['nothing', 'ids', 'all'],
  overLimitError: ['plain', 'json'],
  stopOnErrorTail: ['omitted', 'null', 'marked'],
  repeatLock: ['error', 'success'],
  repeatError: ['invalid-operation', 'already'],
  actionAnswer: ['no-content', 'user', 'empty'],
  listTotal: ['by-client', 'on-request', 'always'],
  missingWipe: ['wipe', 'keep', 'refuse'],
  wipeFalse: ['keeps', 'wipes'],
  invalidOperation: ['whole-request', 'per-operation'],
  unauthorizedBody: ['text', 'json'],
  createStatus: ['201', '200'],
  sessionsOfNewUser: ['absent', 'empty'],
  usersPageSize: ['100/1000', '10/100', '1000/1000'],
  webhookPayload: ['external', 'object'],
  filterById: ['works', 'refused', 'ignored'],
  batchUnlock: ['refused-operation', 'refused-request', 'works', 'claims-success'],
  retryAfterHeader: ['absent', 'seconds', 'date'],
  usersApi: ['there', 'absent']
};

/**
 * The switches with the given ones changed, the others at their defaults.
 *
 * @throws Error naming the switch and its values where a name or a value is unknown
 */
export function parseSwitches(given: Readonly<Record<string, unknown>>): Switches {
  const values: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(SWITCH_VALUES));
  for (const [name, value] of Object.entries(given)) {
    const allowed = values.get(name);
    if (allowed === undefined) {
      throw new Error(`There is no switch "${name}". The switches are ${[...values.keys()].join(', ')}.`);
    }
    if (!allowed.includes(String(value))) {
      throw new Error(`The switch "${name}" takes ${allowed.join(', ')}, not ${JSON.stringify(value)}.`);
    }
  }
  const defaults = Object.fromEntries([...values].map(([name, [first]]) => [name, first]));
  return { ...defaults, ...given } as unknown as Switches;
}

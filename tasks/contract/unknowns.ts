import type { Switches } from '../local/backend/control/Switches';

/** A row of docs/unknowns.md: what is assumed, and why a contract check may come to no answer. */
interface Unknown {
  /** Word for word as in docs/unknowns.md, in its order. */
  readonly assumed: string;
  readonly switchName?: keyof Switches;
  /** Why nothing is seen of it, unless something was. */
  readonly otherwise: string;
}

const NO_WRITES = 'It creates and changes no objects.';
const NO_DEVICE = 'Only a device could show it.';
const NO_EXCESS = 'It sends no batch of several operations and no flood of requests.';
const NOT_SEEN = 'Nothing that was seen shows it.';
const NO_SESSION = 'The user has no session in the app that could show it.';

/** The unknowns by a short name. Those that neither a read nor a change of the one user could settle are never tried. */
export const UNKNOWNS = {
  missingWipe: {
    assumed: 'A lock without `wipe`, or with neither true nor false, wipes.',
    switchName: 'missingWipe',
    otherwise: 'Never tried: it might wipe.'
  },
  wipeFalse: {
    assumed: 'A lock with `"wipe": false` keeps the data: no session turns `RESET`.',
    switchName: 'wipeFalse',
    otherwise: NO_SESSION
  },
  repeatedLock: {
    assumed: 'Locking a locked user is an error of that operation and changes nothing.',
    switchName: 'repeatLock',
    otherwise: NOT_SEEN
  },
  repeatedUnlock: {
    assumed: 'Unlocking an unlocked user is an error.',
    switchName: 'repeatLock',
    otherwise: NOT_SEEN
  },
  repeatError: {
    assumed: 'The `type` of that error is `INVALID_OPERATION`.',
    switchName: 'repeatError',
    otherwise: 'There was no such error.'
  },
  echo: {
    assumed: 'The result of a lock repeats nothing of its operation.',
    switchName: 'echo',
    otherwise: NOT_SEEN
  },
  overLimit: {
    assumed: 'A batch over 1000 operations is 413 in plain text.',
    switchName: 'overLimitError',
    otherwise: NO_EXCESS
  },
  invalidOperation: {
    assumed: 'An unknown method or a missing `user_id` spoils the whole batch.',
    switchName: 'invalidOperation',
    otherwise: 'The user has no session to re-authenticate in a batch, which is the unknown method that is tried.'
  },
  stopOnError: {
    assumed: 'With `stop_on_error`, operations after the first error are left out of the results.',
    switchName: 'stopOnErrorTail',
    otherwise: NO_EXCESS
  },
  batchUnlock: {
    assumed: 'There is no `users/unlock` in a batch: the operation is refused.',
    switchName: 'batchUnlock',
    otherwise: NOT_SEEN
  },
  failedStatus: {
    assumed: 'A batch in which some operations failed is answered with 200.',
    otherwise: 'No operation failed alone.'
  },
  batchOrder: {
    assumed: 'A batch is carried out in order, is not undone after an error, and counts once in the rate limit.',
    otherwise: NO_EXCESS
  },
  noWipe: {
    assumed: 'Locking a locked user again takes back no wipe and causes none.',
    otherwise: NOT_SEEN
  },
  usersApi: {
    assumed: 'The deployment has the users API. An app that has none answers 404 `ROUTE_ERROR`.',
    switchName: 'usersApi',
    otherwise: NOT_SEEN
  },
  pageSize: {
    assumed: '`GET users` has 100 users on a page unless told, and 1000 at most.',
    switchName: 'usersPageSize',
    otherwise: 'The app has too few users to tell.'
  },
  total: {
    assumed: "Lists have `total`, and for CloudCode's client with `total=true` only.",
    switchName: 'listTotal',
    otherwise: NOT_SEEN
  },
  newUser: {
    assumed: 'A user who was never in the app has no `sessions`.',
    switchName: 'sessionsOfNewUser',
    otherwise: 'No such user is among the first 1000.'
  },
  actionAnswer: {
    assumed: 'Lock, unlock, wipe and re-authenticate are answered with 204.',
    switchName: 'actionAnswer',
    otherwise: NOT_SEEN
  },
  unlockedSessions: { assumed: 'Unlocking changes no session.', otherwise: NOT_SEEN },
  reauthenticated: {
    assumed: 'Re-authenticating makes a session `LOCKED`, sets `signed_out_at`, and locks nobody.',
    otherwise: NO_SESSION
  },
  signedOut: {
    assumed: 'A lock sets `signed_out_at` of sessions that were in the app.',
    otherwise: 'No second session in the app was left that could show it.'
  },
  enrolled: { assumed: '`enrolled` means that some session is `ENROLLED`.', otherwise: NOT_SEEN },
  resetStays: {
    assumed: 'A session that is `RESET` stays so; a locked user gets no authentication token.',
    otherwise: 'Never tried: it wipes nothing and asks for no token.'
  },
  order: { assumed: 'The order of `GET users` stays while it is read.', otherwise: NOT_SEEN },
  lag: { assumed: 'A read shows at once what a write did.', otherwise: NOT_SEEN },
  ids: { assumed: 'Ids of users are lower-case UUIDs, and those of the user model.', otherwise: NOT_SEEN },
  retryAfter: {
    assumed: 'A 429 has no `Retry-After`.',
    switchName: 'retryAfterHeader',
    otherwise: 'No request was throttled.'
  },
  rate: { assumed: 'A deployment takes 20 requests/s, and 1200 at once.', otherwise: NO_EXCESS },
  throttled: { assumed: 'A request that was answered with 429 was not carried out.', otherwise: NO_EXCESS },
  unauthorized: {
    assumed: 'A 401 has a body in plain text.',
    switchName: 'unauthorizedBody',
    otherwise: NOT_SEEN
  },
  schemes: { assumed: '`Bearer`, `Token` and `Basic` are taken for any token.', otherwise: NOT_SEEN },
  lookup: {
    assumed: 'The deployment in the address is looked up before the credentials.',
    otherwise: 'It asks no other deployment.'
  },
  statuses: {
    assumed: '`INVALID_API_REQUEST` is 400 outside of batches too, and `INVALID_OPERATION` 422.',
    otherwise: NOT_SEEN
  },
  date: { assumed: "Answers have a `Date` by the backend's clock.", otherwise: NOT_SEEN },
  bodySize: { assumed: 'A body may have 10 MB.', otherwise: NO_EXCESS },
  createStatus: {
    assumed: 'A created object is answered with 201.',
    switchName: 'createStatus',
    otherwise: NO_WRITES
  },
  noValue: {
    assumed: 'A value that is none is left out of answers. Documented is that a field that is not there is null.',
    otherwise: 'Every field of the user has a value.'
  },
  seconds: {
    assumed: 'A part of a second is dropped when a time is saved; a time without a zone is UTC.',
    otherwise: NO_WRITES
  },
  unknownFields: { assumed: 'Unknown fields of an object are refused with 422.', otherwise: NO_WRITES },
  display: {
    assumed:
      '`display` is made when an object is read, ignores formats such as `{size:.2f}`, and is empty where nothing is there.',
    otherwise: NO_WRITES
  },
  subtype: {
    assumed: 'The subtype of a field in `datamodel.json` is `name`, not `text:name`; a boolean shows its options.',
    otherwise: 'The data model has no field with a subtype and no boolean.'
  },
  forms: { assumed: 'Fields of a form that are lists are named `tags[]`.', otherwise: NO_WRITES },
  plural: {
    assumed: "The plural of a model's name stands for the model in every route of objects.",
    otherwise: NOT_SEEN
  },
  filterById: {
    assumed: '`id = ?` and `id in ?` work in queries.',
    switchName: 'filterById',
    otherwise: NOT_SEEN
  },
  evaluation: {
    assumed:
      "The server selects as the vendor's client does by its own evaluation: null, lists, letter case, order of text.",
    otherwise: NO_WRITES
  },
  types: {
    assumed: 'Values of different types are never equal: the number 3 is not the text `3`.',
    otherwise: NO_WRITES
  },
  nullChoice: {
    assumed: 'In an address, `null=true` of a multiple choice means an empty list.',
    otherwise: NO_WRITES
  },
  sortById: {
    assumed: 'Lists can be ordered by `id`; null comes first, and letter case does not count.',
    otherwise: NOT_SEEN
  },
  sort: {
    assumed: "`sort` may be a list, as the vendor's client sends it, or an object.",
    otherwise: NOT_SEEN
  },
  webhookPayload: {
    assumed: 'A webhook hands a task the payload that is documented for external systems.',
    switchName: 'webhookPayload',
    otherwise: NO_WRITES
  },
  webhookDelivery: { assumed: 'A webhook is delivered at least once; a lock makes none fire.', otherwise: NO_WRITES },
  webhookRelation: {
    assumed: 'A relation that a webhook names must be present, and `embed="false"` leaves its id out.',
    otherwise: NO_WRITES
  },
  signIn: {
    assumed: 'A locked user cannot sign in, and an unlocked one gets the same session back.',
    otherwise: NO_DEVICE
  },
  upload: {
    assumed: 'A device that was signed out uploads nothing before it shows the login screen, and keeps its data.',
    otherwise: NO_DEVICE
  },
  deletedUser: {
    assumed: 'Devices of a deleted user, which wipe (documented), are told so by `RESET`.',
    otherwise: 'Never tried: it deletes nobody.'
  }
} as const satisfies Readonly<Record<string, Unknown>>;

/** Short name of an unknown. */
export type UnknownName = keyof typeof UNKNOWNS;

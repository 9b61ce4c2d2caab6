/**
 * Most operations that one `batch.json` request may carry; one more makes the whole request invalid.
 * Documented: docs.journeyapps.com, Backend API, "Batch operations (v4 API)".
 */
export const MAX_OPERATIONS_PER_BATCH = 1000;

/**
 * Objects asked for in one page of `DB` or of `GET users`.
 * Documented for object lists ("Retrieve all objects"): 1000 at most. Assumed for `GET users`, whose limit is
 * published nowhere; the reader steps by what came back, so a smaller page only costs requests. Above 1000 a
 * published version of the `DB` client repeats some rows and drops others.
 */
export const PAGE_SIZE = 1000;

/**
 * Milliseconds that one request may take before it is given up.
 * Assumed: no server-side limit is published; a batch of 1000 locks is expected to need seconds, not minutes.
 */
export const REQUEST_TIMEOUT_MS = 60_000;

/** Failed or unconfirmed users named in the log; the returned report names all of them. Ours, for readable logs. */
export const MAX_FAILURES_IN_LOG = 20;

/** Characters allowed in `reason`. Ours: enough for a sentence or two in a report. */
export const MAX_REASON_LENGTH = 500;

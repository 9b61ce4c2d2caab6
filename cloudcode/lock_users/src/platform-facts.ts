// Numbers of the platform that more than one module needs. Constants of our own stand in the module that uses them.

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

/** Milliseconds after which the platform stops a task (documented: CloudCode overview). */
export const INVOCATION_LIMIT_MS = 300_000;

/**
 * Milliseconds by which the users API may lag behind a write at most. Assumed: nothing is published; reports about comparable
 * APIs speak of seconds.
 */
export const READ_LAG_MS = 45_000;

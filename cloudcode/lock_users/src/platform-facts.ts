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
export const REQUEST_TIMEOUT_MS = 30_000;

/** Attempts that a request gets, those rejected with 429 not counted. Ours: with the backoff, half a minute at most. */
export const MAX_ATTEMPTS = 6;

/** Milliseconds of the first backoff, before jitter; each one after it is twice as long. Ours. */
export const BACKOFF_BASE_MS = 1000;

/** Milliseconds that a backoff is at most. Ours, as the AWS SDKs have it. */
export const BACKOFF_CAP_MS = 20_000;

/** Least milliseconds to wait after a 429 that names no time. Documented: the announcement of the rate limits. */
export const RATE_LIMIT_WAIT_MS = 1000;

/**
 * Requests per second of a run where `LOCK_USERS_RATE` is not set: 80 % of the 20 that the vendor's staff quoted once
 * (forum thread 668). The bucket is shared by all API clients of a deployment.
 */
export const DEFAULT_RATE = 16;

/** Requests that may leave at once where `LOCK_USERS_BURST` is not set: half of the 1200 of the same source. */
export const DEFAULT_BURST = 600;

/** Batches in flight by default. Ours, measured: docs/benchmarks.md of the project. */
export const DEFAULT_CONCURRENCY = 16;

/** Pages of one list that are read at once at most. Ours: the rate limit then holds before the latency does. */
export const MAX_PAGES_AT_ONCE = 8;

/** Most batches in flight. Ours: more would gain nothing at the platform's rate. */
export const MAX_CONCURRENCY = 32;

/**
 * Seconds of an invocation in which requests may leave. Ours; the platform stops a task after 300 (documented: CloudCode
 * overview), and the rest is for the last answers and for handing over.
 */
export const DEFAULT_BUDGET_SECONDS = 270;

/** Most that `LOCK_USERS_BUDGET_SECONDS` may be, so that the grace below still ends before the platform's 300 seconds. */
export const MAX_BUDGET_SECONDS = 275;

/** Milliseconds after the end of the budget in which answers are still waited for. */
export const ANSWER_GRACE_MS = 20_000;

/**
 * Invocations that a run may have. Ours: 1000 of them are three days, and unlocking a million users one by one takes half of
 * that at the default pace.
 */
export const MAX_INVOCATIONS = 1000;

/** Invocations in a row that may change nobody before a run gives up. Ours. */
export const MAX_IDLE_INVOCATIONS = 2;

/** Times that users who are not there yet are sent again. Ours. */
export const MAX_RESEND_ROUNDS = 3;

/** Failures named in the returned report; the rest is counted. Ours: a report has to stay a document. */
export const MAX_FAILURES_IN_REPORT = 10_000;

/** Failed or unconfirmed users named in the log; the returned report names more. Ours, for readable logs. */
export const MAX_FAILURES_IN_LOG = 20;

/** Characters allowed in `reason`. Ours: enough for a sentence or two in a report. */
export const MAX_REASON_LENGTH = 500;

/** Characters allowed in `requestedBy`. Ours. */
export const MAX_REQUESTED_BY_LENGTH = 100;

/**
 * Milliseconds that an invocation's lease outlasts its budget: the answers' grace, the closing of the record, and clocks
 * that differ. Ours; the platform stops a task after 300 s (documented: CloudCode overview).
 */
export const LEASE_MARGIN_MS = 60_000;

/** Milliseconds that a lease lasts while its invocation still asks who else is there. Ours. */
export const STARTING_LEASE_MS = 60_000;

/** Milliseconds that a run keeps its lease for its next invocation, beyond the time for which that one is ordered. Ours. */
export const HAND_OVER_LEASE_MS = 600_000;

/** Milliseconds between two looks at whether a rival for the lease has withdrawn. Ours. */
export const LEASE_POLL_MS = 500;

/** Milliseconds that a request may take by which a run's record is closed: the time is short then. Ours. */
export const CLOSING_TIMEOUT_MS = 5000;

/** Batch records read with one request at most: about 1 MB. Ours. */
export const MAX_RECORDS_PER_READ = 20;

/** Users whom one record of a run names that changes one user with each request. Ours: 100 take 6 s at 16 requests/s. */
export const USERS_PER_RECORD = 100;

/** Milliseconds after which the platform stops a task (documented: CloudCode overview). */
export const INVOCATION_LIMIT_MS = 300_000;

/**
 * Milliseconds that the clocks of the backend and of CloudCode may differ by. Assumed: nothing is published; machines that
 * set their clocks by the network differ by less than a second. What the answers' `Date` header shows is taken into account.
 */
export const CLOCK_DIFFERENCE_MS = 60_000;

/** Batch records saved with one request at most: about 1 MB. Ours. */
export const MAX_RECORDS_PER_SAVE = 20;

/** Milliseconds between two updates of a run's progress in its record. Ours. */
export const PROGRESS_INTERVAL_MS = 5000;

/** Least characters of `LOCK_USERS_WEB_SECRET`. Ours: nobody guesses 32. */
export const MIN_WEB_SECRET_LENGTH = 32;

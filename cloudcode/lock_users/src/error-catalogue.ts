/** What a code means, and what the reader does about it. */
export interface ErrorDefinition {
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * Every code that can end a run or a request, for programs; messages are for people and may change. The one place of codes:
 * the table in the project's reference is checked against it.
 */
export const ERROR_CATALOGUE = {
  INVALID_PARAMETERS: {
    meaning: 'The parameters are wrong; nothing was sent. Thrown; a relation in `where` is reported.',
    remedy: 'Correct the parameters and run the task again.'
  },
  INVALID_SETTINGS: {
    meaning: 'A variable is missing or malformed; nothing was sent. Thrown; a relation in a rule is reported.',
    remedy: 'Correct the environment variables of the deployment in OXIDE, save, and deploy the app.'
  },
  NOT_ARMED: {
    meaning: 'The deployment only plans.',
    remedy:
      'To arm it, set the environment variable LOCK_USERS_ARMED to true in the deployment settings in OXIDE, save, and deploy the app.'
  },
  OUTSIDE_WINDOW: {
    meaning: 'A lock run began outside `window` or `LOCK_USERS_WINDOW`; nothing was sent.',
    remedy: 'Start another run within the window, or change the window if this time is meant.'
  },
  UNLOCK_NOT_ORDERED: {
    meaning: 'The undo that `unlockAt` asks for could not be ordered; nobody was locked.',
    remedy: 'Run the task again, or leave "unlockAt" out and let people back in by an undo.'
  },
  UNLOCK_DUE: {
    meaning: 'The time of `unlockAt` came before the lock run was done; it locks nobody any more.',
    remedy: 'No action needed: whom the run has locked, the undo that it has ordered lets in.'
  },
  TOO_MANY_USERS: {
    meaning: 'The plan is larger than `maxUsers` or `LOCK_USERS_MAX_USERS` allows.',
    remedy: 'Select fewer users, or raise "maxUsers" or LOCK_USERS_MAX_USERS if so many are meant.'
  },
  NOBODY_SELECTED: {
    meaning: 'Nobody is selected, or nobody of `userIds` exists; nothing was sent.',
    remedy: 'Check "where" or "userIds" for typing errors, then run the task again.'
  },
  NOBODY_EXCLUDED: {
    meaning: 'Nobody of `excludeUserIds` exists, so that nobody would be left alone; nothing was sent.',
    remedy: 'Correct "excludeUserIds", or leave it out.'
  },
  NOBODY_PROTECTED: {
    meaning: 'Nobody matches `LOCK_USERS_PROTECTED_WHERE`, so that it would protect nobody; nothing was sent.',
    remedy:
      'Correct LOCK_USERS_PROTECTED_WHERE in the deployment settings in OXIDE, or remove it; save, and deploy the app.'
  },
  BACKEND_UNAUTHORIZED: {
    meaning: '401, or 403: the token is known but may not do this.',
    remedy:
      'Check JOURNEY_API_TOKEN: a named token of this very deployment, from the "Manage API" page, saved and deployed.'
  },
  UNKNOWN_DEPLOYMENT: {
    meaning: 'The backend does not know the 24 hex digits in the address.',
    remedy:
      'Check the 24 hex digits in JOURNEY_BACKEND_URL: the id of the backend deployment, not the one that OXIDE shows.'
  },
  WRONG_ADDRESS: {
    meaning: 'There is no Backend API v4 at the address.',
    remedy: 'Check JOURNEY_BACKEND_URL against the "Manage API" page of the data browser.'
  },
  NO_USERS_API: {
    meaning: 'The deployment has no users API (`GET users`), as an old app may have none.',
    remedy:
      'Lock the users in the data browser, and ask the JourneyApps support for the users API ("Manage App Users and Sessions") for this app.'
  },
  BACKEND_UNREACHABLE: {
    meaning: 'No answer: refused, dropped, name not found, or no answer within 30 s, six times.',
    remedy: 'Check the host in JOURNEY_BACKEND_URL and the network, then run the task again.'
  },
  BACKEND_RATE_LIMITED: {
    meaning: '429. Never ends a run: it waits until the limit lets it through.',
    remedy: 'Wait a few seconds and run the task again; it finishes what is missing.'
  },
  BACKEND_UNAVAILABLE: {
    meaning: 'The backend answered with 5xx.',
    remedy: 'Wait a few minutes and run the task again; it finishes what is missing.'
  },
  BACKEND_REJECTED: {
    meaning: 'Another status that is not 2xx. The message has the `type` and `detail` of the platform.',
    remedy: 'Look at the detail; running the task again is safe.'
  },
  BACKEND_PROTOCOL: {
    meaning: 'A 2xx answer without the documented content, or any answer of more than 32 MB.',
    remedy: 'Check JOURNEY_BACKEND_URL; if it is right, run the task again, which is safe.'
  },
  DATABASE_UNAVAILABLE: {
    meaning: 'No `DB`, or no such user model in it.',
    remedy: "Set LOCK_USERS_USER_MODEL to the name of the app's user model, save, and deploy the app."
  },
  DATABASE_READ_FAILED: {
    meaning: '`DB` could not read the users.',
    remedy: 'Run the task again; if it fails again, look at the state of the deployment.'
  },
  RUN_UNDER_WAY: {
    meaning: 'Another run holds the lease; this one has done nothing.',
    remedy: 'Wait until it has ended; the message names it.'
  },
  STOP_REQUESTED: {
    meaning: 'Somebody has set `stop_requested` in the record of the run.',
    remedy: 'To do the rest, start a run with the same parameters.'
  },
  RUN_ENDED: {
    meaning: 'This run was carried out before, or the object does not request one.',
    remedy: 'Start another run if one is meant.'
  },
  WEBHOOK_OFF: {
    meaning: 'A webhook came, and `LOCK_USERS_WEBHOOK` is not `true`; nothing was done.',
    remedy:
      'Keep app users from creating objects of lock_run by data rules, set LOCK_USERS_WEBHOOK to true, save, deploy the app, and create another lock_run.'
  },
  NO_SUCH_OBJECT: {
    meaning: 'A webhook came for an object of `lock_run` that is not in the app database; nothing was done.',
    remedy: 'Create an object of the model lock_run with the status "requested" to start a run.'
  },
  NO_MODELS: {
    meaning: 'A webhook came, and the data model has no models `lock_run` and `lock_run_batch`; nothing was done.',
    remedy: 'Copy the models lock_run and lock_run_batch of this version into the data model, and deploy the app.'
  },
  RECORD_FAILED: {
    meaning: 'The record of the run in the app database cannot be read or written.',
    remedy:
      'Check that the models lock_run and lock_run_batch in the data model are those of this version, then run the task again.'
  },
  NO_RECORD: {
    meaning: 'Nothing was written down about the run that is to be undone.',
    remedy: 'To unlock users, name them: {"action": "unlock", "userIds": ["…"]}, or select them with "where".'
  },
  NOT_UNDOABLE: {
    meaning: 'The run to be undone locked nobody (a dry run, refused, an unlock), or has not begun.',
    remedy: 'No action needed, or unlock users by name.'
  },
  SEVERAL_RUNS: {
    meaning: '`"undo": "last"` may mean several runs; nothing was sent.',
    remedy: 'Undo them one by one, by the ids in the message.'
  },
  ALREADY_UNDONE: {
    meaning: 'None of the users that the run locked is left to unlock.',
    remedy: 'No action needed.'
  },
  CANARY_FAILED: {
    meaning:
      'Of the users that were sent first, a session turned `RESET`, or none is shown locked. The others were not sent.',
    remedy:
      'Look at those users in the data browser, let them back in by undoing the run, and run the task again only when you know why.'
  },
  SESSIONS_RESET: {
    meaning:
      'A session of a user whom the run had sent turned `RESET`: that device wipes its data. The run stopped at once.',
    remedy:
      'Keep those devices offline, save what is on them, and ask the JourneyApps support why their sessions turned RESET. Do not run the task again before you know.'
  },
  QUEUED: {
    meaning: 'The run is scheduled on the queue.',
    remedy: 'No action needed. The log and the report are those of the scheduled invocation.'
  },
  NOT_QUEUED: {
    meaning: 'A web request came, and the run could not be scheduled; nothing was done.',
    remedy: 'Send the request again, with the same Idempotency-Key if it had one.'
  },
  TIME_BUDGET: {
    meaning: 'The time of the invocation is used up.',
    remedy: 'Run the task again; it finishes what is missing. No action needed where the status is `continues`.'
  },
  STALLED: {
    meaning: 'Two invocations in a row changed nobody, or there were 1000 of them.',
    remedy: 'Look at the failures and at the state of the deployment, then run the task again.'
  },
  INVARIANT: {
    meaning: 'A bug in this task.',
    remedy: 'Please report it with the log of this run. Running the task again is safe.'
  }
} as const satisfies Readonly<Record<string, ErrorDefinition>>;

/** A stable code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

import { LockUsersError } from '../../cloudcode/lock_users/src/errors';
import type { ErrorCode } from '../../cloudcode/lock_users/src/error-catalogue';
import { SettingsError, UsageError } from '../shared/command-errors';

/** The exit codes of `lock-users`, each with what it means: the one place of them. */
export const EXIT_CODES = {
  allThere: {
    code: 0,
    meaning: 'Everybody who was meant is in the goal state; or the plan, the list, the check is fine.'
  },
  someNot: { code: 1, meaning: 'Some users are not in the goal state, or a check found something.' },
  usage: { code: 2, meaning: 'The command line, a file or the settings are wrong. Nothing was sent.' },
  refused: {
    code: 3,
    meaning: 'The run was refused, or an alarm has stopped it: a cap, another run, the first users. See the message.'
  },
  unauthorized: { code: 4, meaning: 'The backend does not accept the token.' },
  unconfirmed: { code: 5, meaning: 'It is not known of some users whether they are in the goal state.' },
  stopped: { code: 6, meaning: 'The run was stopped, or its time was used up. Run it again.' },
  bug: { code: 70, meaning: 'A bug in lock-users.' },
  interrupted: { code: 130, meaning: 'Interrupted by Ctrl-C.' }
} as const;

type ExitName = keyof typeof EXIT_CODES;

/** Errors and stop reasons that say more than how the run ended. A code that is not here is judged by the rest. */
const BY_CODE: Readonly<Partial<Record<string, ExitName>>> = {
  INVALID_PARAMETERS: 'usage',
  INVALID_SETTINGS: 'usage',
  NOBODY_SELECTED: 'usage',
  NOBODY_EXCLUDED: 'usage',
  NOBODY_PROTECTED: 'usage',
  UNKNOWN_DEPLOYMENT: 'usage',
  WRONG_ADDRESS: 'usage',
  NO_USERS_API: 'usage',
  DATABASE_UNAVAILABLE: 'usage',
  WEBHOOK_OFF: 'usage',
  NO_MODELS: 'usage',
  BACKEND_UNAUTHORIZED: 'unauthorized',
  CANARY_FAILED: 'refused',
  SESSIONS_RESET: 'refused',
  TIME_BUDGET: 'stopped',
  STALLED: 'stopped',
  STOPPED: 'stopped',
  INVARIANT: 'bug'
} satisfies Partial<Record<ErrorCode | 'STOPPED', ExitName>>;

/** How a run ended, as its record or its report says. */
export interface RunEnding {
  /** A status of a report or a record. */
  readonly status: string | null;
  /** Code of the stop reason, if there was one. */
  readonly stopCode?: string | undefined;
  readonly unconfirmed: number;
}

/** The exit code for a run that has ended. */
export function exitCodeOfRun({ status, stopCode, unconfirmed }: RunEnding): number {
  return EXIT_CODES[nameEnding(status, stopCode, unconfirmed)].code;
}

function nameEnding(status: string | null, stopCode: string | undefined, unconfirmed: number): ExitName {
  if (status === 'done' || status === 'planned') return 'allThere';
  const byCode = stopCode === undefined ? undefined : BY_CODE[stopCode];
  if (byCode !== undefined) return byCode;
  if (status === 'refused') return 'refused';
  if (['continues', 'stalled', 'stopped', 'interrupted'].includes(status ?? '')) return 'stopped';
  return unconfirmed > 0 ? 'unconfirmed' : 'someNot';
}

/** The exit code for what a command has thrown. Whatever is not an error of ours is a bug. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof UsageError || error instanceof SettingsError) return EXIT_CODES.usage.code;
  if (error instanceof FileError) return EXIT_CODES.someNot.code;
  if (error instanceof RefusedError) return EXIT_CODES.refused.code;
  if (error instanceof LockUsersError) return EXIT_CODES[BY_CODE[error.code] ?? 'someNot'].code;
  return EXIT_CODES.bug.code;
}

/** A file that tells what was sent is missing or not whole. It ends the command with 1. */
export class FileError extends Error {}

/** Somebody said no, or what is asked for is not done without more. It ends the command with 3. */
export class RefusedError extends Error {}

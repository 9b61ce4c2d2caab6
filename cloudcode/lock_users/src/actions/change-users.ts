import { USERS_PER_RECORD } from '../platform-facts';
import type { OperationResult } from '../requests/match-results';
import type { SessionLedger } from '../users/SessionLedger';
import { announceNext, describeResults, toReason } from './lock-users';
import type { SendingJob } from './lock-users';
import type { UserQueue } from '../users/UserQueue';

/** What changing users one by one needs. */
export interface ChangeJob extends SendingJob {
  /** The sessions to be signed out, or undefined where the users are to be unlocked. */
  readonly sessions: SessionLedger | undefined;
}

/**
 * Unlocks the users of the queue, or signs their sessions out, with a request for each, until the queue is closed and empty or
 * the run has to stop, and writes every result into the roster. No batch form of these calls is documented.
 */
export async function changeUsers(job: ChangeJob, queue: UserQueue): Promise<void> {
  let next = announceNext(job, queue, USERS_PER_RECORD);
  for (let group = await next; group !== undefined && job.sender.stop === undefined; group = await next) {
    // The next ones are written down while these are on their way.
    next = announceNext(job, queue, USERS_PER_RECORD);
    await changeGroup(job, group.users);
    group.settle();
  }
  // Should the run have to stop, what was written down last is told when the record is closed.
  await next;
}

async function changeGroup(job: ChangeJob, users: readonly number[]): Promise<void> {
  const { roster, log, concurrency } = job;
  const left = users.values();
  const results: OperationResult[] = [];

  async function work(): Promise<void> {
    for (const user of left) {
      const result = await changeUser(job, roster.idOf(user));
      if (result === undefined) return;
      roster.setResult(user, result);
      results.push(result);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  if (results.length > 0) log.line(`Users one by one: ${describeResults(roster.goal.action, results)}.`);
}

/** What came of one user; undefined where the run has to stop and nothing was sent. */
async function changeUser(
  { sender, backend, sessions }: ChangeJob,
  userId: string
): Promise<OperationResult | undefined> {
  if (sessions === undefined) return send(sender, (timeoutMs) => backend.unlockUser(userId, timeoutMs));
  let worst: OperationResult | undefined;
  for (const sessionId of sessions.dueOf(userId)) {
    // Without an id the address would be another route's.
    const result =
      sessionId === ''
        ? NO_ID
        : await send(sender, (timeoutMs) => backend.reauthenticateSession(userId, sessionId, timeoutMs));
    if (result?.kind === 'done') sessions.signedOut(userId, sessionId);
    // Of a user whose second session was not sent any more, the first may be signed out.
    if (result === undefined) return worst?.kind === 'done' ? describeCut(sender) : worst;
    if (worst === undefined || worst.kind === 'done') worst = result;
  }
  return worst ?? NO_SESSIONS;
}

const NO_ID: OperationResult = {
  kind: 'refused',
  reason: { type: 'SESSION_WITHOUT_ID', detail: 'The users API shows a session of this user without an id.' }
};

const NO_SESSIONS: OperationResult = {
  kind: 'refused',
  reason: { type: 'NO_SESSIONS', detail: 'The users API shows the user in the app, and no session that is.' }
};

function describeCut({ stop }: SendingJob['sender']): OperationResult {
  const detail = 'Not all sessions of this user were sent before the run had to stop.';
  return { kind: 'unconfirmed', reason: { type: stop?.code ?? 'UNKNOWN', detail } };
}

async function send(
  sender: SendingJob['sender'],
  attempt: (timeoutMs: number) => Promise<void>
): Promise<OperationResult | undefined> {
  const result = await sender.send({ kind: 'single', operations: 1, attemptsBefore: 0, attempt });
  switch (result.kind) {
    case 'answered':
      return { kind: 'done' };
    case 'refused':
      return { kind: 'refused', reason: toReason(result.error) };
    case 'not sent':
      return undefined;
    // A request about one user is never split.
    case 'split':
    case 'given up':
      return { kind: 'unconfirmed', reason: toReason(result.error) };
  }
}

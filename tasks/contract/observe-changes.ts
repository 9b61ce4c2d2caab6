import type { ContractAnswer, ContractClient } from './ContractClient';
import type { Findings } from './Findings';
import { describeAnswer, readType } from './shown-user';
import type { ShownUser } from './shown-user';
import { findNewWipes } from './UserWatch';
import type { UserWatch } from './UserWatch';

/** What the changes work with. */
export interface Changed {
  readonly client: ContractClient;
  readonly findings: Findings;
  readonly watch: UserWatch;
  /** The user before the first change. */
  readonly before: ShownUser;
  /** Aborted by Ctrl-C: no further change is made. */
  readonly signal: AbortSignal;
}

/** Most that an unlock by batch, which may only claim to work, is waited for, in milliseconds. */
const CLAIM_PATIENCE_MS = 10_000;

/**
 * Locks, unlocks and signs out the one user in every way, and looks after each. The user may be in any state afterwards.
 *
 * @throws Error where the deployment does what makes it unsafe or pointless to go on
 */
export async function observeChanges(changed: Changed): Promise<void> {
  const { client, findings, watch, before, signal } = changed;
  const step = <T>(change: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    return change();
  };
  if (before.locked) await step(() => unlockForSure(changed));
  const repeatedUnlock = await step(() => client.unlockAlone());
  await observeReauthentication(changed, step);

  const free = await watch.look();
  const first = await step(() => client.lockInBatch());
  const result = readResult(first);
  if (result?.['success'] !== true) {
    throw new Error(
      `A lock by batch was not carried out: ${describeAnswer(first)} ${readType(result?.['error']) ?? ''}`
    );
  }
  observeEcho(findings, result);
  const locked = await watch.lookUntil((user) => user.locked);
  if (locked === undefined) throw new Error('A lock was answered with success, and the user is not shown as locked.');
  findings.note('lag', locked.tookMs === 0 || locked.tookMs < 1000, `A lock was shown after ${locked.tookMs} ms.`);
  refuseWipes(before, locked.user);
  observeSignOut(findings, free, locked.user);

  const again = await step(() => client.lockInBatch());
  const lockedAgain = await watch.look();
  refuseWipes(before, lockedAgain);
  findings.note('noWipe', true, 'Of the sessions none is to be wiped after two locks.');
  observeRepeats(findings, repeatedUnlock, again);

  const byBatch = await step(() => client.unlockInBatch());
  await observeBatchUnlock(changed, byBatch);
  await observeAnswers(changed, step);
  observeRetryAfter(findings, client.retryAfter);
}

type Step = <T>(change: () => Promise<T>) => Promise<T>;

async function unlockForSure({ client, watch }: Changed): Promise<void> {
  const answer = await client.unlockAlone();
  if ((await watch.lookUntil((user) => !user.locked)) !== undefined) return;
  throw new Error(`The user could not be unlocked: ${describeAnswer(answer)}.`);
}

/** The session is signed out for good: only its device can sign in again. */
async function observeReauthentication({ client, findings, watch }: Changed, step: Step): Promise<void> {
  const { sessions = [] } = await watch.look();
  const session = sessions.find(({ state }) => state === 'ENROLLED');
  if (session === undefined) return;
  const answer = await step(() => client.reauthenticateAlone(session.id));
  const find = (user: ShownUser) => user.sessions?.find(({ id }) => id === session.id);
  const seen = await watch.lookUntil((user) => find(user)?.state !== 'ENROLLED');
  const after = seen === undefined ? undefined : find(seen.user);
  const isSignedOut = after !== undefined && after.signedOutAt !== null && after.signedOutAt !== session.signedOutAt;
  findings.note(
    'reauthenticated',
    after?.state === 'LOCKED' && isSignedOut && seen?.user.locked === false,
    `It is answered with ${describeAnswer(answer)}; the session is ${after?.state ?? 'as it was'}, \`signed_out_at\` ${isSignedOut ? 'is set' : 'is as it was'}, and the user is ${seen?.user.locked === true ? '' : 'not '}locked.`
  );

  const inBatch = await step(() => client.reauthenticateInBatch(session.id));
  const result = readResult(inBatch);
  const how = `\`users/re-authenticate\` in a batch is answered with ${describeAnswer(inBatch)}`;
  if (inBatch.status >= 400) {
    findings.note('invalidOperation', true, `${how}.`);
    findings.settle('invalidOperation', 'whole-request');
  } else if (result?.['success'] === false) {
    findings.note('invalidOperation', false, `${how}, and its operation fails alone.`);
    findings.settle('invalidOperation', 'per-operation');
  } else {
    findings.note('invalidOperation', undefined, `${how}, as if there were such a method.`);
  }
}

function observeEcho(findings: Findings, result: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(result).filter((name) => name !== 'success' && name !== 'error');
  const named = names.filter((name) => ['method', 'user_id', 'wipe'].includes(name)).sort();
  const value = ({ '': 'nothing', 'method,user_id': 'ids', 'method,user_id,wipe': 'all' } as const)[named.join()];
  const seen = names.length === 0 ? 'It repeats nothing.' : `It has ${names.length} members: ${named.join(', ')}.`;
  findings.note('echo', names.length === 0, seen);
  if (value !== undefined) findings.settle('echo', value);
}

function observeSignOut(findings: Findings, free: ShownUser, locked: ShownUser): void {
  const inApp = (free.sessions ?? []).filter(({ state }) => state === 'ENROLLED');
  if (inApp.length === 0) return;
  const set = inApp.filter(({ id, signedOutAt }) => {
    const after = locked.sessions?.find((session) => session.id === id)?.signedOutAt ?? null;
    return after !== null && after !== signedOutAt;
  }).length;
  // A wipe would have ended the checks.
  findings.note('wipeFalse', true, `None of ${inApp.length} sessions turned RESET.`);
  findings.note('signedOut', set === inApp.length, `It is set for ${set} of ${inApp.length} sessions.`);
}

function observeRepeats(findings: Findings, unlock: ContractAnswer, lock: ContractAnswer): void {
  const lockResult = readResult(lock);
  const isLockError = lockResult?.['success'] !== true;
  const isUnlockError = unlock.status >= 400;
  findings.note('repeatedLock', isLockError, isLockError ? 'It is an error.' : 'It is answered with success.');
  findings.note('repeatedUnlock', isUnlockError, `It is answered with ${describeAnswer(unlock)}.`);
  if (isLockError === isUnlockError) findings.settle('repeatLock', isLockError ? 'error' : 'success');
  const types = [readType(lockResult?.['error']), readType(isUnlockError ? unlock.json : undefined)];
  const told = types.filter((type) => type !== undefined);
  if (told.length > 0) {
    const isInvalid = told.every((type) => type === 'INVALID_OPERATION');
    findings.note('repeatError', isInvalid, `It is ${told.join(' for a lock, and for an unlock ')}.`);
    if (isInvalid) findings.settle('repeatError', 'invalid-operation');
    else if (told.every((type) => /^ALREADY_(?:UN)?LOCKED$/.test(type))) findings.settle('repeatError', 'already');
  }
  if (isLockError && lockResult !== undefined) {
    findings.note('failedStatus', lock.status === 200, `A batch of one that failed is answered with ${lock.status}.`);
  }
}

async function observeBatchUnlock({ findings, watch }: Changed, answer: ContractAnswer): Promise<void> {
  const note = (value: 'refused-request' | 'refused-operation' | 'works' | 'claims-success', seen: string): void => {
    findings.note('batchUnlock', value === 'refused-operation', seen);
    findings.settle('batchUnlock', value);
  };
  if (answer.status >= 400) return note('refused-request', `The whole batch is ${describeAnswer(answer)}.`);
  const result = readResult(answer);
  if (result?.['success'] !== true) {
    const type = readType(result?.['error']) ?? 'an error';
    return note('refused-operation', `The operation is refused: ${type}.`);
  }
  const isUnlocked = (await watch.lookUntil((user) => !user.locked, CLAIM_PATIENCE_MS)) !== undefined;
  if (isUnlocked) note('works', 'It works.');
  else note('claims-success', 'It is answered with success, and the user stays locked.');
}

/** Lock and unlock by requests of their own. */
async function observeAnswers(changed: Changed, step: Step): Promise<void> {
  const { client, findings, watch, before } = changed;
  if ((await watch.look()).locked) await step(() => unlockForSure(changed));
  const lock = await step(() => client.lockAlone());
  const locked = await watch.lookUntil((user) => user.locked);
  if (locked === undefined) throw new Error(`A lock was not carried out: ${describeAnswer(lock)}.`);
  refuseWipes(before, locked.user);
  const unlock = await step(() => client.unlockAlone());
  const unlocked = await watch.lookUntil((user) => !user.locked);
  if (unlocked === undefined) throw new Error(`An unlock was not carried out: ${describeAnswer(unlock)}.`);
  const isSame = JSON.stringify(unlocked.user.sessions) === JSON.stringify(locked.user.sessions);
  findings.note('unlockedSessions', isSame, `The sessions are ${isSame ? '' : 'not '}as they were.`);

  const [ofLock, ofUnlock] = [lock, unlock].map(describeAction);
  const seen = `A lock is answered with ${ofLock?.seen}, an unlock with ${ofUnlock?.seen}.`;
  const value = ofLock?.value === ofUnlock?.value ? ofLock?.value : undefined;
  findings.note('actionAnswer', value === 'no-content', seen);
  if (value !== undefined) findings.settle('actionAnswer', value);
}

function describeAction({ status, json, text }: ContractAnswer): {
  readonly seen: string;
  readonly value?: 'no-content' | 'user' | 'empty';
} {
  if (status === 204) return { seen: '204', value: 'no-content' };
  if (status === 200 && typeof json?.['id'] === 'string') return { seen: '200 and the user', value: 'user' };
  if (status === 200 && text === '') return { seen: '200 and no body', value: 'empty' };
  return { seen: `${status} and ${json === undefined ? 'a text' : 'other JSON'}` };
}

function observeRetryAfter(findings: Findings, headers: readonly (string | null)[]): void {
  const [header] = headers;
  if (header === undefined) return;
  const value = header === null ? 'absent' : /^\d+(?:\.\d+)?$/.test(header) ? 'seconds' : 'date';
  findings.note('retryAfter', value === 'absent', value === 'absent' ? 'It has none.' : `It has one: ${value}.`);
  findings.settle('retryAfterHeader', value);
}

function refuseWipes(before: ShownUser, after: ShownUser): void {
  const wiped = findNewWipes(before, after);
  if (wiped.length === 0) return;
  throw new Error(
    `STOP: after a lock with "wipe": false ${wiped.length} of the user's sessions are to be wiped. Do not use the task on this deployment, and tell the vendor.`
  );
}

function readResult({ json }: ContractAnswer): Readonly<Record<string, unknown>> | undefined {
  const operations = json?.['operations'];
  const result: unknown = Array.isArray(operations) ? operations[0] : undefined;
  return typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : undefined;
}

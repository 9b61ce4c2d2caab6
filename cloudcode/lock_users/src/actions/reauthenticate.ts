import { isAddressable } from '../input/user-ids';
import type { OperationResult } from '../requests/match-results';
import type { ActiveRun } from '../run/ActiveRun';
import { SessionLedger } from '../users/SessionLedger';
import type { Action } from './Action';
import type { Goal } from './Goal';
import { findDone, sendOneByOne, sendSingle } from './send-one-by-one';

/** Milliseconds by which clocks may differ, and for which an invocation reads at most. Ours. */
const CLOCK_TOLERANCE_MS = 300_000;

const NO_ID: OperationResult = {
  kind: 'unsent',
  reason: { type: 'SESSION_WITHOUT_ID', detail: 'The users API shows a session of this user without a usable id.' }
};

const NO_SESSIONS: OperationResult = {
  kind: 'unsent',
  reason: { type: 'NO_SESSIONS', detail: 'The users API shows the user in the app, and no session that is.' }
};

/** Signs out every session that was in the app when the run began, and locks nobody. */
export const reauthenticate: Action = {
  respectsProtection: true,
  resolve({ parameters, startedAtMs, invocation, ports }, { record, clockAheadMs }) {
    const sinceMs = record?.startedAtMs ?? startedAtMs;
    // In a later invocation, whoever has come back must not be taken for somebody whose time is wrong.
    const isNew = invocation === 1 && sinceMs >= startedAtMs;
    const untilMs = isNew ? ports.clock.nowMs() + CLOCK_TOLERANCE_MS : Infinity;
    const sessions = new SessionLedger(sinceMs + clockAheadMs, untilMs + clockAheadMs);
    return { goal: reauthenticateGoal(sessions, parameters.verify), selection: parameters.selection, sessions };
  },
  apply: (run, queue) => sendOneByOne(run, queue, (userId) => signOut(run, userId))
};

/**
 * Every session that was in the app when the run began is signed out; the ledger remembers which those are. Whoever has signed in
 * again since must not be signed out twice.
 */
function reauthenticateGoal(ledger: SessionLedger, verifies: boolean): Goal {
  return {
    action: 'reauthenticate',
    whenNotListed: 'fail',
    notReached: {
      type: 'NOT_SIGNED_OUT',
      detail: 'The platform answered success, but the users API shows a session that is still signed in.'
    },
    looksBeforeRepeating: verifies,
    isMet: (user) => ledger.see(user),
    findSkipReason: () => undefined,
    givesUp: () => undefined
  };
}

async function signOut(run: ActiveRun, userId: string): Promise<OperationResult | undefined> {
  const { sender, ports, sessions } = run;
  let worst: OperationResult | undefined;
  for (const sessionId of sessions?.dueOf(userId) ?? []) {
    // With an odd id, or none, the address would be another route's.
    const result = !isAddressable(sessionId)
      ? NO_ID
      : await sendSingle(
          sender,
          (timeoutMs) => ports.backend.reauthenticateSession(userId, sessionId, timeoutMs),
          () => findDone(run, userId, (user) => sessions?.isDue(user, sessionId) === false)
        );
    if (result?.kind === 'done') sessions?.signedOut(userId, sessionId);
    // Of a user whose second session was not sent any more, the first may be signed out.
    if (result === undefined) return worst?.kind === 'done' ? cutShort(sender.stop?.code) : worst;
    if (worst === undefined || worst.kind === 'done') worst = result;
  }
  // Sent again because nobody was shown, and everything was answered the first time.
  return worst ?? (sessions?.isPlanned(userId) === true ? { kind: 'done' } : NO_SESSIONS);
}

function cutShort(type = 'UNKNOWN'): OperationResult {
  const detail = 'Not all sessions of this user were sent before the run had to stop.';
  return { kind: 'unconfirmed', reason: { type, detail } };
}

import { ContractClient } from './ContractClient';
import type { ContractClock, ContractTarget } from './ContractClient';
import { Findings } from './Findings';
import { observeChanges } from './observe-changes';
import { observeReads } from './observe-reads';
import { describeAnswer, readType } from './shown-user';
import { UserWatch } from './UserWatch';

/** A contract check. */
export interface ContractCheck {
  readonly target: ContractTarget;
  readonly clock: ContractClock;
  /** Aborting it makes no further change; the user is put back all the same. */
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** What came of it. */
export interface ContractResult {
  readonly findings: Findings;
  /** What went wrong after the first change, such as that the user could not be put back. */
  readonly problems: readonly string[];
}

/** Times that the last request, which puts the user back, is tried where it fails. */
const MAX_TRIES_TO_RESTORE = 5;

/**
 * Looks what a deployment does where the platform's behaviour is unknown. It changes one user and leaves that user locked or
 * unlocked as before; devices of the user are signed out.
 *
 * @throws Error where the deployment or the user cannot be read, before anybody is changed
 */
export async function runContract({ target, clock, signal, onProgress }: ContractCheck): Promise<ContractResult> {
  const client = new ContractClient(target, clock);
  const findings = new Findings();
  const { userId } = target;
  const info = await client.read('info.json');
  if (info.status !== 200) throw new Error(`The deployment cannot be read: ${describeAnswer(info)}.`);

  const observed = { client, findings, userId, nowMs: () => clock.nowMs() };
  const found = await client.read(`users/${userId}`);
  if (found.status === 404 && readType(found.json) === 'ROUTE_ERROR') {
    findings.note('usersApi', false, 'It has none, so that nothing else of it can be seen.');
    findings.settle('usersApi', 'absent');
    onProgress('It has no users API: only the rest is read, and nobody is changed.');
    await observeReads(observed, { hasUsersApi: false });
    return { findings, problems: [] };
  }
  const watch = new UserWatch(client, userId, clock);
  const before = await watch.look();
  findings.note('usersApi', true, 'It has it.');
  findings.settle('usersApi', 'there');
  onProgress('Reading.');
  await observeReads(observed, { hasUsersApi: true });
  signal.throwIfAborted();

  onProgress(`Changing the user, who is ${before.locked ? 'locked' : 'not locked'}.`);
  const problems: string[] = [];
  const tell = (error: unknown): void =>
    void problems.push(target.token.redact(error instanceof Error ? error.message : String(error)));
  await observeChanges({ client, findings, watch, before, signal }).catch((error: unknown) => {
    if (!signal.aborted) tell(error);
  });
  await restore(client, watch, before.locked, clock).then(
    () => onProgress(`The user is ${before.locked ? 'locked' : 'not locked'}, as before.`),
    tell
  );
  return { findings, problems };
}

/** Sends the change whatever a look shows, because reads may lag behind. */
async function restore(
  client: ContractClient,
  watch: UserWatch,
  isLocked: boolean,
  clock: ContractClock
): Promise<void> {
  let reason = 'the user is shown otherwise';
  for (let tries = 1; tries <= MAX_TRIES_TO_RESTORE; tries++) {
    try {
      await (isLocked ? client.lockInBatch() : client.unlockAlone());
      if ((await watch.lookUntil((user) => user.locked === isLocked)) !== undefined) return;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      await clock.sleep(tries * 1000);
    }
  }
  const state = isLocked ? 'locked' : 'unlocked';
  throw new Error(`The user could not be put back (${reason}). Have the user ${state} in OXIDE.`);
}

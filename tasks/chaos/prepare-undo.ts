import { listRecordedBatches } from './recorded-runs';
import type { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './Scenario';
import type { Expectation } from './Expectation';

/** Beyond the minute by which the task allows clocks to differ. */
const A_WHILE_MS = 180_000;

/**
 * Lets a run lock users while nothing goes wrong. Then others unlock some of them, lock some again, and lock users that the
 * run did not select. Returns which users an undo of the run should unlock.
 *
 * @param common parameters that runs of all actions take
 * @throws Error if one of the preparing runs does not end as done
 */
export async function prepareUndo(
  platform: ChaosPlatform,
  { batchSize, concurrency }: Scenario,
  common: object
): Promise<Expectation> {
  const { userIds, protectedIds, excludedIds } = platform;
  // The run locks half of the users that the undo excludes. The undo would unlock them if it ignored the exclusion.
  const left = excludedIds.filter((_, index) => index % 2 === 0);
  const wasLocked = new Set(userIds.filter((id) => platform.user(id).locked));
  await platform.wait(A_WHILE_MS);
  const runId = await lockWell(platform, { batchSize, concurrency, excludeUserIds: left });
  const byRun = userIds.filter((id) => platform.user(id).locked && !wasLocked.has(id));
  await platform.wait(A_WHILE_MS);

  const group = (remainder: number): string[] => byRun.filter((_, index) => index % 7 === remainder);
  const [unlocked, byOthers, byAnotherRun] = [group(0), group(1), group(2)];
  for (const id of [...unlocked, ...byOthers, ...byAnotherRun]) platform.user(id).locked = false;
  for (const id of byOthers) platform.signIn(id);
  await platform.wait(A_WHILE_MS);
  for (const id of byOthers) platform.lockByHand(id);
  // None of them was in the app in between, so only the records show it.
  if (byAnotherRun.length > 0) await lockWell(platform, { batchSize, concurrency, userIds: byAnotherRun });
  for (const id of [...protectedIds, ...left].filter((_, index) => index % 2 === 0)) platform.lockByHand(id);
  await platform.wait(A_WHILE_MS);

  const stay = new Set([...excludedIds, ...byOthers, ...byAnotherRun]);
  return {
    action: 'unlock',
    parameters: { undo: runId, ...common },
    selected: byRun.length,
    eligible: byRun.filter((id) => !stay.has(id) && platform.user(id).locked),
    returned: new Set(),
    isInGoalState: ({ locked }) => !locked,
    afterwards: () => lockSomeAgain(platform)
  };
}

/** Somebody locks users that a record calls unlocked. A second undo of the run must not unlock them. */
function lockSomeAgain(platform: ChaosPlatform): readonly string[] {
  const unlocked = listRecordedBatches(platform.emulator).filter(({ action }) => action === 'unlock');
  const ids = unlocked.flatMap(({ userIds, notDone }) =>
    userIds.filter((userId) => !notDone.some((other) => other.userId === userId))
  );
  const again = ids.filter((id, index) => index % 5 === 0 && platform.isThere(id));
  for (const id of again) platform.lockByHand(id);
  return again;
}

/** Runs the task while nothing goes wrong; returns the id of the run. */
async function lockWell(platform: ChaosPlatform, parameters: object): Promise<string> {
  const last = (await platform.trigger(parameters)).at(-1);
  if (last?.status !== 'done') throw new Error(`A preparing run ended ${last?.status}: ${JSON.stringify(last)}`);
  return last.runId;
}

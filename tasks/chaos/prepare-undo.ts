import type { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './make-scenario';
import type { Expectation } from './Expectation';

/** Beyond the minute by which the task allows clocks to differ. */
const A_WHILE_MS = 180_000;

/**
 * Lets a run lock users, with nothing going wrong, and then others do what they do: unlock some of them, lock some again, and
 * lock users whom that run left alone. Says whom undoing the run is to unlock.
 *
 * @param common parameters that runs of all actions take
 * @throws Error where one of the runs before does not end well
 */
export async function prepareUndo(
  platform: ChaosPlatform,
  { batchSize, concurrency }: Scenario,
  common: object
): Promise<Expectation> {
  const { userIds, protectedIds, excludedIds } = platform;
  // Half of those whom the undoing excludes are locked by the run, and so would be unlocked without that.
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
  // Nobody was in the app in between, so the records alone tell of it.
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
    isThere: ({ locked }) => !locked,
    afterwards: () => lockSomeAgain(platform)
  };
}

/** Somebody locks users of whom a record says that they were unlocked: who undoes the run again must not unlock those. */
function lockSomeAgain(platform: ChaosPlatform): readonly string[] {
  const unlocked = platform.recordedBatches().filter(({ action }) => action === 'unlock');
  const ids = unlocked.flatMap(({ userIds, notDone }) =>
    userIds.filter((userId) => !notDone.some((other) => other.userId === userId))
  );
  const again = ids.filter((_, index) => index % 5 === 0);
  for (const id of again) platform.lockByHand(id);
  return again;
}

/** Runs the task where nothing goes wrong; returns the id of the run. */
async function lockWell(platform: ChaosPlatform, parameters: object): Promise<string> {
  const last = (await platform.trigger(parameters)).at(-1);
  if (last?.status !== 'done') throw new Error(`A run before ended ${last?.status}: ${JSON.stringify(last)}`);
  return last.runId;
}

import { signOut } from '../local/backend/state/Session';
import type { Session } from '../local/backend/state/Session';
import type { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './Scenario';
import { prepareUndo } from './prepare-undo';
import type { Expectation } from './Expectation';

/** Times of sessions have whole seconds. */
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
/** Users who sign in again between two invocations. */
const RETURNING = 3;

/** Brings the users into the state in which the run finds them. Returns what the run should do. */
export async function prepareExpectation(platform: ChaosPlatform, scenario: Scenario): Promise<Expectation> {
  const { userIds, excludedIds, protectedIds } = platform;
  const { batchSize, canary, concurrency, verify } = scenario;
  const maxUsers = scenario.maxUsers ? { maxUsers: userIds.length } : {};
  const common = { concurrency, verify, ...maxUsers, excludeUserIds: excludedIds };
  const isLocked = (id: string): boolean => platform.user(id).locked;
  const [excluded, keptIn] = [new Set(excludedIds), new Set([...excludedIds, ...protectedIds])];
  const plain = { selected: userIds.length, returned: new Set<string>() };

  switch (scenario.action) {
    case 'lock':
      return {
        ...plain,
        action: 'lock',
        parameters: { batchSize, canary, ...common },
        eligible: userIds.filter((id) => !keptIn.has(id) && !isLocked(id)),
        isInGoalState: ({ locked }) => locked
      };
    case 'unlock':
      return {
        ...plain,
        action: 'unlock',
        parameters: { action: 'unlock', ...common },
        // Protection keeps users from being signed out; it does not keep them locked.
        eligible: userIds.filter((id) => !excluded.has(id) && isLocked(id)),
        isInGoalState: ({ locked }) => !locked
      };
    case 'undo':
      return prepareUndo(platform, scenario, common);
    case 'reauthenticate':
      return prepareReauthentication(platform, scenario, { action: 'reauthenticate', ...common });
  }
}

async function prepareReauthentication(
  platform: ChaosPlatform,
  { latencyMs }: Scenario,
  parameters: object
): Promise<Expectation> {
  const { emulator, userIds, protectedIds, excludedIds, clock } = platform;
  // Some were signed out long ago and have signed in since. That earlier time must not keep them in the app.
  await platform.wait(HOUR_MS);
  const earlier = userIds.filter((id, index) => index % 4 === 0 && !platform.user(id).locked);
  for (const id of earlier) {
    for (const session of platform.user(id).sessions.slice(0, 1)) signOut(session, 'LOCKED', emulator.state.now());
  }
  await platform.wait(HOUR_MS);
  for (const id of earlier) platform.signIn(id);
  // The run begins within a second, which the times of sessions do not show.
  await platform.wait(HOUR_MS + ((latencyMs * 37) % SECOND_MS));

  const sinceMs = Math.floor(clock.nowMs() / SECOND_MS) * SECOND_MS;
  const wasSignedOut = ({ signedOutAt }: Session): boolean =>
    signedOutAt !== null && Date.parse(signedOutAt) >= sinceMs;
  const keptIn = new Set([...protectedIds, ...excludedIds]);
  const wasIn = new Set(
    userIds.flatMap((id) =>
      platform.user(id).sessions.flatMap(({ id: sessionId, state }) => (state === 'ENROLLED' ? sessionId : []))
    )
  );
  const returned = new Set<string>();
  return {
    action: 'reauthenticate',
    parameters,
    selected: userIds.length,
    eligible: userIds.filter(
      (id) => !keptIn.has(id) && platform.user(id).sessions.some(({ id: sessionId }) => wasIn.has(sessionId))
    ),
    returned,
    isInGoalState: ({ sessions }) =>
      sessions.every((session) => !wasIn.has(session.id) || session.state !== 'ENROLLED' || wasSignedOut(session)),
    meanwhile: () => {
      const signedOut = userIds.filter((id) => {
        if (!platform.isThere(id)) return false;
        const { locked, sessions } = platform.user(id);
        return !locked && sessions.every((session) => session.state === 'LOCKED' && wasSignedOut(session));
      });
      for (const id of signedOut.slice(0, RETURNING)) {
        platform.signIn(id);
        returned.add(id);
      }
    }
  };
}

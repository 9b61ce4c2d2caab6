import { formatMoment } from '../input/unlock-at';
import { cleanText, MAX_NAME_BYTES } from '../outside-text';
import type { Log } from '../ports';
import type { ActiveRun } from '../run/ActiveRun';
import type { LocatedUser, Whereabouts } from '../users/WhoIsOut';
import type { Report, WhoIsOutUser } from './Report';
import { MAX_USERS_IN_LOG } from './shorten-report';

/** Users that a status names at most. Ours. */
const MAX_NAMED = 100;

/** In the order in which the counts are told. */
const STATES = ['signedOut', 'notSeenSince', 'unlocked', 'unknown'] as const;

const STATE_TEXTS: Readonly<Record<Whereabouts, string>> = {
  signedOut: 'locked and signed out',
  notSeenSince: 'locked and not seen since, may still work offline',
  unlocked: 'unlocked',
  unknown: 'not known'
};

/** What a status has found out; undefined of other actions, and where not everybody was read. */
export function describeWhoIsOut({ whoIsOut, ofRun, roster }: ActiveRun): Report['whoIsOut'] {
  if (whoIsOut === undefined || !roster.isComplete) return undefined;
  const { counts, inApp, users } = whoIsOut.locate(roster.selectedIds(), MAX_NAMED);
  const omitted = roster.countSelected - users.length;
  return {
    ...(ofRun !== undefined && { run: ofRun }),
    signedOut: counts.signedOut,
    notSeenSince: counts.notSeenSince,
    unlocked: counts.unlocked,
    unknown: counts.unknown,
    inApp,
    users: users.map(describeUser),
    ...(omitted > 0 && { usersOmitted: omitted })
  };
}

function describeUser({ userId, state, isIn, lastConnectedAtMs }: LocatedUser): WhoIsOutUser {
  return {
    userId: cleanText(userId, MAX_NAME_BYTES),
    state,
    ...(state === 'unlocked' && { inApp: isIn }),
    lastConnectedAt: lastConnectedAtMs === null ? null : formatMoment(lastConnectedAtMs)
  };
}

/** Who is out, and who may still be in, for people: the counts, and the first users who are not known to be out. */
export function logWhoIsOut(log: Log, { users, ...counts }: NonNullable<Report['whoIsOut']>): void {
  const others = users.filter(({ state }) => state !== 'signedOut');
  for (const { userId, state, inApp = false, lastConnectedAt } of others.slice(0, MAX_USERS_IN_LOG)) {
    const seen = lastConnectedAt === null ? '' : `, last seen ${lastConnectedAt}`;
    log.line(`${STATE_TEXTS[state]}${inApp ? ', in the app' : ''}: ${userId}${seen}`);
  }
  const of = counts.run === undefined ? '' : ` Of those whom run ${counts.run} locked:`;
  const states = STATES.map((state) => `${counts[state]} ${STATE_TEXTS[state]}`);
  log.line(`Who is out:${of} ${states.join('; ')}; ${counts.inApp} of the unlocked are in the app.`);
}

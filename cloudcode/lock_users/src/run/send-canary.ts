import { toErrorDetails } from '../errors';
import { isAddressable } from '../input/user-ids';
import { canaryFailed } from '../reasons/plan-reasons';
import { countUsers } from '../reasons/stop-reason';
import { PAGE_SIZE } from '../platform-facts';
import type { CanarySeen } from '../users/Canary';
import type { Finding } from '../users/outcomes';
import { UserQueue } from '../users/UserQueue';
import type { UserState } from '../users/UserState';
import type { ActiveRun } from './ActiveRun';
import { findUsersById } from './find-users';
import { lookPatiently } from './look-patiently';
import { readUserStates } from './read-user-states';

/** How often users are sent first, the replaced ones with them. Ours. */
const MAX_ROUNDS = 3;

/** Users that a log line names. Ours. */
const MAX_NAMED = 20;

/** What was seen of a user of whom the answer did not say success. */
const SEEN: Readonly<Record<Finding, CanarySeen>> = {
  shown: 'locked',
  already: 'already_locked',
  done: 'not_locked',
  failed: 'failed',
  unconfirmed: 'unconfirmed',
  notAttempted: 'unconfirmed'
};

/** Those are replaced: they say nothing about what a lock does here. */
const REPLACED: readonly CanarySeen[] = ['already_locked', 'failed', 'unconfirmed'];

/**
 * Sends the users of the queue, but a few of them first, and looks at them before it sends the others. The run stops where a
 * session of theirs turned `RESET`, or where none of them is shown locked. So few users as would be sent first are sent at once.
 * Whoever is to be sent is read on meanwhile. Never throws.
 *
 * @param send sends the users of a queue
 * @param planned resolves when the last user was planned
 */
export async function sendAfterCanary(
  run: ActiveRun,
  queue: UserQueue,
  send: (queue: UserQueue) => Promise<void>,
  planned: Promise<unknown>
): Promise<void> {
  const { sender, canary } = run;
  if (canary.isDue) {
    try {
      await sendCanary(run, queue, send, planned);
    } catch (error) {
      sender.stopWith(toErrorDetails(error));
    }
    if (sender.stop !== undefined) return;
  }
  await send(queue);
}

async function sendCanary(
  run: ActiveRun,
  queue: UserQueue,
  send: (queue: UserQueue) => Promise<void>,
  planned: Promise<unknown>
): Promise<void> {
  const { canary, roster, ports, sender, recorder } = run;
  const { size, testUserIds } = canary;
  // Whom an invocation has sent that ended in between is looked at first.
  if (!run.isNew) await planned;
  const isDecided = (): boolean => testUserIds.every((id) => roster.isDecided(id));
  const held = await queue.hold((count) => count > size && isDecided());
  if (held <= size || sender.stop !== undefined) return;
  logUnused(run);

  canary.result = 'unfinished';
  let wanted = size;
  for (let round = 1; round <= MAX_ROUNDS && wanted > 0; round++) {
    await queue.hold((count) => count >= wanted);
    const users = queue.takeBest(wanted, (user) => rank(run, user));
    if (users.length === 0) break;
    const others = round === 1 ? 'before all others' : 'in the place of those that say nothing';
    ports.log.line(`Canary: ${countUsers(users.length)} ${users.length === 1 ? 'is' : 'are'} sent ${others}.`);
    for (const user of users) canary.note(roster.idOf(user), 'unconfirmed');
    await send(UserQueue.of(users));
    if (sender.stop !== undefined) return;
    const goesOn = await look(run, users, planned);
    if (canary.list('reset').length > 0) break;
    if (!goesOn) return;
    const asked = new Set(roster.idsOf(users));
    wanted = canary.list().filter((user) => asked.has(user.userId) && REPLACED.includes(user.seen)).length;
  }

  const isReset = canary.list('reset').length > 0;
  const locked = canary.list('locked').length;
  if (!isReset && locked + canary.list('already_locked').length > 0) {
    canary.result = 'passed';
    recorder?.noteCanary('passed');
    ports.log.line(
      `Canary: ${locked} of ${countUsers(canary.list().length)} shown locked, no session turned RESET. The others follow.`
    );
    return;
  }
  canary.result = 'failed';
  recorder?.noteCanary('failed');
  const failure = canaryFailed(canary.list());
  ports.log.line(failure.message);
  // So that the report counts everybody who is not sent.
  await planned;
  sender.stopWith(failure);
}

/** Looks at the users with the patience of the verification, and writes down what it sees. False: the run stops. */
async function look(run: ActiveRun, users: readonly number[], planned: Promise<unknown>): Promise<boolean> {
  const { roster, canary, sender, warnings } = run;
  const answered = new Set(users.filter((user) => roster.findingOf(user) === 'done'));
  const signedIn = new Set<number>();
  let isPlanned = false;
  void planned.then(
    () => (isPlanned = true),
    () => undefined
  );
  // What has resolved already is noted now.
  await Promise.resolve();
  const missing = await lookPatiently(run, async (missingStill) => {
    const left = missingStill ?? users;
    // One page costs less than a request for each user. Who is not shown there as was hoped is asked for by themselves.
    const isInOnePage = missingStill === undefined && left.length > 1 && roster.size <= PAGE_SIZE;
    const shown = isInOnePage && isPlanned ? await readFromList(run, left) : await read(run, left, planned);
    for (const user of left) {
      const state = shown.get(roster.idOf(user));
      if (state === undefined) continue;
      roster.lookAt(state);
      if (state.sessions.some((session) => session.state === 'ENROLLED')) signedIn.add(user);
      else signedIn.delete(user);
    }
    const reset = new Set(roster.listSentReset());
    for (const user of users) {
      const finding = answered.has(user) && roster.findingOf(user) !== 'shown' ? 'done' : roster.findingOf(user);
      canary.note(roster.idOf(user), reset.has(user) ? 'reset' : SEEN[finding]);
    }
    if (users.some((user) => reset.has(user))) return [];
    return users.filter((user) => ['done', 'unconfirmed'].includes(roster.findingOf(user)));
  });
  if (missing === undefined || sender.stop !== undefined) return false;
  warnings.addIds(
    'CANARY_SIGNED_IN',
    users.filter((user) => signedIn.has(user) && roster.findingOf(user) === 'shown').map((user) => roster.idOf(user)),
    (count, are) => `${count} of the users sent first ${are} locked, with a session that is still ENROLLED`
  );
  return true;
}

/** Reads users: one by one, because the others are being read; out of the list where the platform does not answer that. */
async function read(
  run: ActiveRun,
  users: readonly number[],
  planned: Promise<unknown>
): Promise<ReadonlyMap<string, UserState>> {
  const { roster } = run;
  const { found, isKnown } = await findUsersById(run, roster.idsOf(users));
  if (isKnown) return new Map(found.map((user) => [user.userId, user]));
  await planned;
  return readFromList(run, users);
}

async function readFromList(run: ActiveRun, users: readonly number[]): Promise<ReadonlyMap<string, UserState>> {
  const { roster } = run;
  const wanted = new Set(users);
  const shown = new Map<string, UserState>();
  await readUserStates(
    run,
    (page) => {
      for (const user of page) {
        if (wanted.has(roster.markRead(user.userId))) shown.set(user.userId, user);
      }
    },
    roster.size
  );
  return shown;
}

/**
 * Who is sent first before whom: test users, users with a session in the app, users that the users API shows. Where no test users are
 * named, the second ones have the lowest rank, so that the queue need not look at everybody for better ones.
 */
function rank({ canary: { testUserIds }, roster }: ActiveRun, user: number): number {
  const userId = roster.idOf(user);
  if (testUserIds.includes(userId)) return 0;
  const others = testUserIds.length === 0 ? 0 : 1;
  if (!roster.isDecided(userId) || !isAddressable(userId)) return others + 2;
  return roster.isEnrolled(user) ? others : others + 1;
}

function logUnused({ canary, roster, ports }: ActiveRun): void {
  const unused = canary.testUserIds.filter((id) => !roster.isPlanned(id));
  if (unused.length === 0) return;
  const are = unused.length === 1 ? 'is' : 'are';
  const named = `${unused.slice(0, MAX_NAMED).join(', ')}${unused.length > MAX_NAMED ? ', …' : ''}`;
  ports.log.line(
    `Canary: ${countUsers(unused.length)} of LOCK_USERS_CANARY ${are} not planned, and not used: ${named}`
  );
}

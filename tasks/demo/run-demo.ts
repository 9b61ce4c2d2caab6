import { buildTasks } from '../build/build-tasks';
import { startBackend } from '../local/backend/start-backend';
import type { RunningBackend } from '../local/backend/start-backend';
import { chooseSeedGroups } from '../local/choose-seed-groups';
import type { RuntimeOptions } from '../local/runtime/Runtime';
import { EmbeddedDeployment } from './embedded-deployment';
import * as say from './format-demo';
import { countScreens, countUnsynced, listUsers, MOST_SIMULATED_USERS, SimulatedUsers } from './SimulatedUsers';
import type { Tablet } from './SimulatedUsers';
import { runControl } from './run-control';
import { TaskLog } from './TaskLog';
import type { DemoResult } from './DemoResult';

/** Gets the story as it happens. */
export interface Listener {
  /** A chapter is about to begin, and does when this resolves. */
  chapter(title: string): Promise<void>;
  line(text: string): void;
}

/** What the demo works with. */
export interface DemoOptions {
  /** The repository. */
  readonly root: string;
  /** How many users the app has, at least 1. */
  readonly users: number;
  readonly listener: Listener;
  /** Aborting it stops the task, the devices and the backends. */
  readonly signal: AbortSignal;
  /** Runs one invocation; replaced in tests. Default: in a process of its own. */
  readonly run?: RuntimeOptions['run'];
}

/** More users than this are not unlocked at the platform's pace, which would take minutes. */
const MOST_AT_PLATFORM_PACE = 500;

/**
 * The whole story on an embedded platform: people work, all are locked, no data is lost, and all come back. In the end
 * a control that loses rows, to show that it would be noticed.
 *
 * @throws Error where the build fails, or the task throws or is killed; the signal's reason where it is aborted
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { root, users, listener, signal } = options;
  buildTasks({ root, only: 'lock_users' });
  const backend = await startBackend({ label: 'Depot App Testing', environment: 'testing' });
  try {
    const story = await tellStory(options, backend);
    await listener.chapter(say.CONTROL_TITLE);
    const control = await runControl(users, signal);
    say.describeControl(control).forEach((line) => listener.line(line));
    return { ...story, control };
  } finally {
    await backend.close();
  }
}

async function tellStory(
  { root, users, listener, signal, run }: DemoOptions,
  backend: RunningBackend
): Promise<Omit<DemoResult, 'control'>> {
  const { locked: lockedByHand = 0 } = chooseSeedGroups(Math.min(users, MOST_SIMULATED_USERS));
  const protectedUsers = Math.min(3, Math.floor(users / 10));
  const isHurried = users > MOST_AT_PLATFORM_PACE;
  if (isHurried) backend.setLimits({ enforced: false });

  await listener.chapter('People at work');
  const people = new SimulatedUsers({ backend, users, protectedUsers, lockedByHand, signal });
  await people.signIn(people.all);
  people.work(people.all, 2);
  await people.changeByHand(people.lockedByHand, 'lock');
  await people.connect(people.lockedByHand);
  const offline = people.ordinary.filter((_, index) => index % 5 === 4);
  const online = people.ordinary.filter((_, index) => index % 5 !== 4);
  for (const { device } of offline) device.isOnline = false;
  say.describePeople(people, { users, offline: offline.length }).forEach((line) => listener.line(line));
  const deployment = new EmbeddedDeployment({
    root,
    backend,
    signal,
    ...(run !== undefined && { run }),
    variables: {
      LOCK_USERS_PROTECTED: listUsers(people.protected).join(','),
      ...(isHurried && { LOCK_USERS_RATE: '1000', LOCK_USERS_BURST: '100000' })
    }
  });

  await listener.chapter('Plan (dry run: nothing is sent)');
  const before = backend.state();
  listener.line(say.describePlan(await deployment.trigger({ dryRun: true })));

  await listener.chapter('Lock');
  const lockLog = new TaskLog((line) => listener.line(line));
  const lock = await deployment.trigger({ reason: 'Release 7: everybody signs in again' }, lockLog.onLog);
  const locked = backend.state();

  await listener.chapter('The devices connect');
  const { loginScreens, letIn } = await connectDevices(people, { online, offline }, listener);

  await listener.chapter(`Unlock: the task once more, with {"undo": "${lock.runId}"}`);
  if (isHurried) listener.line(say.describePace(lock));
  const undoLog = new TaskLog((line) => listener.line(line), lockLog.seen);
  const undo = await deployment.trigger({ undo: lock.runId }, undoLog.onLog);

  await listener.chapter('Everybody signs in again');
  const back = await people.signIn(people.ordinary);
  const wronglyBack = await people.signIn(people.lockedByHand);
  const rows = await people.countRows(people.lockedByHand);
  say.describeReturn(back, people.lockedByHand.length - wronglyBack, rows).forEach((line) => listener.line(line));
  const again = await deployment.trigger({ undo: lock.runId });
  listener.line(say.describeAgain(again));

  return {
    lock,
    undo,
    again,
    wronglyLetIn: letIn + wronglyBack,
    states: { before, locked, end: backend.state() },
    devices: { devices: people.all.length, ...rows, loginScreens, back },
    wipedRows: people.all.reduce((sum, { device }) => sum + device.lostCount, 0),
    lockedByHand,
    stillLocked: listUsers(people.lockedByHand).filter((id) => backend.user(id)?.locked === true).length,
    protectedDevices: { inApp: countScreens(people.protected, 'app'), all: people.protected.length }
  };
}

/** The devices get the lock: those that are online at once, the others after people have worked on for a while. */
async function connectDevices(
  people: SimulatedUsers,
  { online, offline }: { readonly online: readonly Tablet[]; readonly offline: readonly Tablet[] },
  listener: Listener
): Promise<{ readonly loginScreens: number; readonly letIn: number }> {
  await people.connect(online);
  listener.line(say.describeOnline(online.length, countScreens(online, 'login'), countUnsynced(online)));
  const rowsBefore = countUnsynced(offline);
  people.work(offline, 1);
  const rowsAdded = countUnsynced(offline) - rowsBefore;
  await people.connect(offline);
  if (offline.length > 0) {
    listener.line(say.describeOffline(offline.length, rowsAdded, countScreens(offline, 'login')));
  }
  people.work(people.protected, 1);
  await people.connect(people.protected);
  const loginScreens = countScreens(people.ordinary, 'login');
  const letIn = await people.signIn(people.ordinary.slice(0, 1));
  listener.line(say.describeKept(people, letIn));
  return { loginScreens, letIn };
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackend } from '../local/backend/start-backend';
import type { RunningBackend } from '../local/backend/start-backend';
import { parsePeople } from '../lock-users/people/parse-people';
import { endLeases } from './kill-process';
import type { Killed } from './kill-process';
import { seededRandom } from './random';

const TOKEN_VARIABLE = 'TOKEN_OF_THE_CHAOS';
const USERS = 1500;
/** Users who are locked before: only the end of a report names them. */
const LOCKED = 30;
/** The canary and two batches, whose answers come one after the other. A lease that is saved late would keep the next run out. */
const FAULTS = [
  { kind: 'delay', ms: 300, route: 'POST batch.json', locks: true },
  { kind: 'delay', ms: 400, route: 'POST batch.json', locks: true, from: 2 },
  { kind: 'delay', ms: 600, route: 'POST batch.json', locks: true, from: 3 }
] as const;
/** Milliseconds after which every request of a process that is gone has been carried out. */
const SETTLED_MS = 1500;
/** Of every four seeds one kills while the users are read, from the first line that is printed on, and three from the first lock on. */
const READING_SHARE = 0.25;
/** Milliseconds that the reading and the locking take, about. */
const READING_MS = 1000;
const LOCKING_MS = 1600;
/** Milliseconds between two looks whether somebody is locked. */
const LOOK_MS = 20;
/** Milliseconds after which a process is ended that does not end by itself. */
const GIVE_UP_MS = 120_000;

/**
 * Kills (SIGKILL) `lock-users apply --direct --report` at a moment drawn by the seed, and calls it again. What the killed one has left
 * in its report must be whole and true, and in the end everybody must be locked and in the report.
 *
 * @param program the built `main.js` of lock-users
 */
export async function killDirect(program: string, seed: number): Promise<Killed> {
  const backend = await startBackend({ label: 'Depot', environment: 'testing' });
  const root = mkdtempSync(join(tmpdir(), 'kill-direct-'));
  try {
    const { userIds } = backend.seed({ users: USERS, twoDevices: 20, locked: LOCKED, seed });
    backend.setFaults({ faults: FAULTS });
    writeSettings(root, backend);
    const report = join(root, seed % 2 === 0 ? 'report.json' : 'report.csv');
    const apply = (moment: Moment): Promise<Ended> => callApply({ program, root, report, backend, moment });
    const killed = await apply(drawMoment(seed));
    const lockedThen = backend.state().lockedUsers;
    const problems = findLies(report, backend);
    await sleep(SETTLED_MS);
    await endLeases(backend);
    backend.setFaults({ faults: [] });
    const again = await apply({ isFromLock: false, afterMs: GIVE_UP_MS });

    if (again.code !== 0) problems.push(`The second call ended with ${again.code ?? 'a signal'}: ${again.output}`);
    problems.push(...findLies(report, backend), ...findMissing(report, userIds));
    const { lockedUsers, resetSessions } = backend.state();
    if (lockedUsers !== USERS) problems.push(`${lockedUsers} users are locked in the end, not ${USERS}.`);
    if (resetSessions > 0) problems.push(`${resetSessions} devices were wiped.`);
    for (const { detail } of backend.violations()) problems.push(detail);
    for (const { output } of [killed, again]) {
      if (output.includes(backend.token)) problems.push('The token was printed.');
    }
    const wasHalfway = lockedThen > LOCKED && lockedThen < USERS;
    return { wasKilled: killed.code === null, wasHalfway, problems };
  } finally {
    await backend.close();
    rmSync(root, { recursive: true });
  }
}

/** When a process is killed: so many milliseconds after its first line, or after the first user whom it has locked. */
interface Moment {
  readonly isFromLock: boolean;
  readonly afterMs: number;
}

function drawMoment(seed: number): Moment {
  const drawn = seededRandom(seed)();
  return drawn < READING_SHARE
    ? { isFromLock: false, afterMs: Math.ceil((drawn / READING_SHARE) * READING_MS) }
    : { isFromLock: true, afterMs: Math.ceil(((drawn - READING_SHARE) / (1 - READING_SHARE)) * LOCKING_MS) };
}

async function killAt(
  child: ChildProcess,
  { isFromLock, afterMs }: Moment,
  backend: RunningBackend,
  signal: AbortSignal
): Promise<void> {
  while (isFromLock && !signal.aborted && backend.state().lockedUsers === LOCKED) await sleep(LOOK_MS);
  // The end of the process ends the wait.
  await sleep(afterMs, undefined, { signal }).catch(() => undefined);
  if (!signal.aborted) child.kill('SIGKILL');
}

interface Ended {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly output: string;
}

interface Call {
  readonly program: string;
  readonly root: string;
  readonly report: string;
  readonly backend: RunningBackend;
  readonly moment: Moment;
}

/** Locks everybody who is not locked, and kills the process after a time unless it has ended. */
function callApply({ program, root, report, backend, moment }: Call): Promise<Ended> {
  const left = backend.users().filter(({ locked }) => !locked).length;
  const child = spawn(process.execPath, [program, 'apply', '--direct', '--report', report, '--confirm', String(left)], {
    cwd: root,
    env: { [TOKEN_VARIABLE]: backend.token },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new AbortController();
  child.stderr.once('data', () => void killAt(child, moment, backend, ended.signal));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      ended.abort();
      resolve({ code, output });
    })
  );
}

function writeSettings(root: string, { url }: RunningBackend): void {
  const variables = { LOCK_USERS_PROTECTED: 'none' };
  const depot = { backendUrl: url, tokenVariable: TOKEN_VARIABLE, environment: 'testing', variables };
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'depot', deployments: { depot } }));
}

/** What in the report is broken, or says of a user what is not so. */
function findLies(path: string, backend: RunningBackend): string[] {
  const rows = readRows(path);
  if (typeof rows === 'string') return [rows];
  const lies = rows.filter(({ userId, outcome }) => /locked$/.test(outcome) && backend.user(userId)?.locked !== true);
  return lies.length === 0 ? [] : [`${lies.length} users are reported as locked but are not.`];
}

/** Whether the report of a run that has ended lacks somebody, or names somebody who is not locked. */
function findMissing(path: string, userIds: readonly string[]): string[] {
  const rows = readRows(path);
  if (typeof rows === 'string') return [rows];
  const there = new Set(rows.flatMap(({ userId, outcome }) => (/locked$/.test(outcome) ? [userId] : [])));
  const missing = userIds.filter((id) => !there.has(id));
  return missing.length === 0 ? [] : [`${missing.length} users are not reported as locked in the end.`];
}

interface Row {
  readonly userId: string;
  readonly outcome: string;
}

/** The rows of a report, none where it is not there yet; what is wrong with it where it is not whole. */
function readRows(path: string): readonly Row[] | string {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  if (path.endsWith('.csv')) {
    const [userIds = [], outcomes = []] = ['user_id', 'outcome'].map((column) => parsePeople(text, column, path));
    if (!text.endsWith('\r\n') || userIds.length !== outcomes.length) return 'The report is not whole.';
    return userIds.map(({ value }, row) => ({ userId: value, outcome: outcomes[row]?.value ?? '' }));
  }
  try {
    return JSON.parse(text) as Row[];
  } catch {
    return 'The report is not whole.';
  }
}

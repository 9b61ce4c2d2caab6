import { writeFileSync } from 'node:fs';
import { startBackend } from '../local/backend/start-backend';

/** What `start-bench-backend` tells the process, as its only argument. */
export interface BackendProcessOptions {
  readonly users: number;
  readonly rate: number;
  readonly burst: number;
  /** Milliseconds that a batch of locks takes. */
  readonly batchMs: number;
  /** File that gets the users' ids, one to a line. */
  readonly idsPath: string;
}

/** What the process answers to any message. */
export interface BenchState {
  readonly lockedUsers: number;
  readonly resetSessions: number;
  /** From when the first batch left to when the last was answered, in milliseconds. */
  readonly lockingMs: number;
  /** Requests that were answered, without those that prepared the backend. */
  readonly requests: number;
  /** How often a rule of the platform was broken. */
  readonly violations: number;
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as BackendProcessOptions;
  const backend = await startBackend({ switches: { usersPageSize: '1000/1000' } });
  const { userIds } = backend.seed({ users: options.users });
  writeFileSync(options.idsPath, userIds.join('\n'));
  // A first query in the order of the ids sorts them, which is the emulator's time and not the platform's.
  const warmUp = `${backend.url}/objects/user.json?limit=1&sort[id]=1`;
  await (await fetch(warmUp, { headers: { Authorization: `Token ${backend.token}` } })).text();
  backend.setFaults({ faults: [{ kind: 'delay', ms: options.batchMs, route: 'POST batch.json', locks: true }] });
  backend.setLimits({ rate: options.rate, burst: options.burst });
  const prepared = backend.state().requests;
  process.on('message', () => {
    const batches = backend
      .requests()
      .filter(({ authScheme, operations }) => authScheme === 'Bearer' && operations !== undefined);
    const [first, last] = [batches[0]?.atMs ?? 0, batches.at(-1)?.atMs ?? 0];
    const lockingMs = batches.length === 0 ? 0 : last - first + options.batchMs;
    const { lockedUsers, resetSessions, requests } = backend.state();
    const state: BenchState = {
      lockedUsers,
      resetSessions,
      lockingMs,
      requests: requests - prepared,
      violations: backend.violations().length
    };
    process.send?.(state);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ url: backend.url, token: backend.token });
}

void main();

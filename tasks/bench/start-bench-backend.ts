import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendProcessOptions, BenchState } from './backend-process';

/** A backend in a process of its own, so that its work does not count as its client's. */
export interface BenchBackend {
  readonly url: string;
  readonly token: string;
  readonly userIds: readonly string[];
  readState(): Promise<BenchState>;
  stop(): void;
}

/** Starts the emulator with so many users and such limits; each batch takes `batchMs`. */
export async function startBenchBackend(options: Omit<BackendProcessOptions, 'idsPath'>): Promise<BenchBackend> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const idsPath = join(folder, 'ids');
  const child = fork(join(__dirname, 'backend-process.ts'), [JSON.stringify({ ...options, idsPath })], {
    execArgv: ['--import', 'tsx', '--max-old-space-size=6000']
  });
  const [{ url, token }] = (await once(child, 'message')) as [{ url: string; token: string }];
  const userIds = readFileSync(idsPath, 'utf8').split('\n');
  rmSync(folder, { recursive: true });
  return {
    url,
    token,
    userIds,
    async readState() {
      child.send('state');
      const [state] = (await once(child, 'message')) as [BenchState];
      return state;
    },
    stop: () => void child.kill('SIGKILL')
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BackendProcessOptions, BenchState } from './backend-process';

/** A backend in a process of its own, so that its work does not count as its client's. */
export interface BenchBackend {
  readonly url: string;
  readonly token: string;
  readonly userIds: readonly string[];
  readState(): Promise<BenchState>;
  stop(): void;
}

/** Milliseconds in which a signal that has reached one process has reached the others. Ours. */
const SIGNAL_DELAY_MS = 100;

/**
 * Starts the emulator with so many users and such limits; each batch takes `batchMs`.
 *
 * @param signal aborting it ends the process
 * @throws Error where the process ends before it is asked to, and the signal's reason where it is aborted
 */
export async function startBenchBackend(
  options: Omit<BackendProcessOptions, 'idsPath'>,
  signal: AbortSignal
): Promise<BenchBackend> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const idsPath = join(folder, 'ids');
  const child = fork(join(__dirname, 'backend-process.ts'), [JSON.stringify({ ...options, idsPath })], {
    execArgv: ['--import', 'tsx', '--max-old-space-size=6000'],
    // Ctrl-C in a terminal goes to every process of its group; this one is ended by its parent.
    detached: true
  });
  const ended = new AbortController();
  child.once('exit', () => ended.abort(new Error('The backend process ended by itself.')));
  const either = AbortSignal.any([signal, ended.signal]);
  const stop = (): void => void child.kill('SIGKILL');
  const receive = async <T>(): Promise<T> => {
    try {
      either.throwIfAborted();
      const [message] = (await once(child, 'message', { signal: either })) as [T];
      return message;
    } catch (error) {
      // Ctrl-C may reach a backend that is just being started as well, and its end may be noticed first.
      await setTimeout(SIGNAL_DELAY_MS);
      signal.throwIfAborted();
      throw ended.signal.aborted ? ended.signal.reason : error;
    }
  };
  try {
    const { url, token } = await receive<{ url: string; token: string }>();
    const userIds = readFileSync(idsPath, 'utf8').split('\n');
    return {
      url,
      token,
      userIds,
      readState() {
        child.send('state', () => undefined);
        return receive<BenchState>();
      },
      stop
    };
  } catch (error) {
    stop();
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

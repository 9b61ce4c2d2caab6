import pick from 'lodash/pick';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../../shared/read-lines';
import type { ChildMessage, ResponseMessage, ScheduleAnswer, ScheduleMessage, StartMessage } from './messages';
import { endWithThisProcess, HAS_PROCESS_GROUPS, killGroup, forgetChild } from '../../shared/process-group';
import { provideChildEntry } from './provide-child-entry';
import { serializeParameters } from './serialize-parameters';
import type { TaskRun, TaskRunResult, TaskError, KillReason } from './TaskRun';

const DEFAULT_TIME_LIMIT_MS = 5 * 60 * 1000;
const DEFAULT_MEMORY_LIMIT_MB = 1024;
/** Exit code of a process that V8 aborted for want of memory, as Node reports it without a signal. */
const ABORT_EXIT_CODE = 134;

/**
 * Runs a built task in a process of its own, with the platform's globals and limits. What the task does wrong is in
 * the result. Processes that the task starts end with it.
 *
 * @throws Error where there is no built task, or the parameters are not JSON, or are more than 5 MB of it
 */
export async function runTask(run: TaskRun): Promise<TaskRunResult> {
  const params = run.params === undefined ? undefined : serializeParameters(run.params);
  if (!existsSync(join(run.taskFolder, 'index.js'))) {
    throw new Error(`There is no built task in ${run.taskFolder}. Build it with "npm run build".`);
  }
  const startedAtMs = performance.now();
  const child = startChild(run);
  const outputDone = Promise.all([child.stdout, child.stderr].map((stream) => forwardLines(stream, run.onLog)));
  const ending = watch(child, run);
  child.send(
    {
      taskFolder: run.taskFolder,
      params,
      web: run.web,
      backend: pick(run.backend, ['url', 'token'])
    } satisfies StartMessage,
    () => undefined
  );
  const result = await ending;
  await outputDone;
  return { ...result, durationMs: Math.round(performance.now() - startedAtMs) };
}

function startChild({ taskFolder, environment, memoryLimitMb = DEFAULT_MEMORY_LIMIT_MB }: TaskRun): ChildProcess {
  // The child finds nothing by name: its environment is the deployment's alone, and its folder is the task's.
  return spawn(process.execPath, [`--max-old-space-size=${memoryLimitMb}`, provideChildEntry()], {
    cwd: taskFolder,
    env: { ...environment },
    // A process group of its own, so that what the task starts can be ended with it.
    detached: HAS_PROCESS_GROUPS,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  });
}

type Ending =
  | { status: 'returned'; result: unknown; peakMemoryMb: number; cpuMs: number }
  | { status: 'threw'; error: TaskError }
  | { status: 'killed'; reason: KillReason };

/** Waits for the child's end, enforcing the limits. */
function watch(child: ChildProcess, run: TaskRun): Promise<Ending> {
  const { timeLimitMs = DEFAULT_TIME_LIMIT_MS, signal, onSchedule } = run;
  return new Promise((resolve, reject) => {
    let response: ResponseMessage | undefined;
    let killedFor: KillReason | undefined;
    const kill = (reason: KillReason): void => {
      killedFor ??= reason;
      killGroup(child);
    };
    const abort = (): void => kill('aborted');
    const timer = setTimeout(() => kill('time limit'), timeLimitMs);
    const stopWatching = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      forgetChild(child);
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort);
    endWithThisProcess(child);

    child.once('error', (error) => {
      stopWatching();
      reject(error);
    });
    child.on('message', (received) => {
      const message = received as ChildMessage;
      // A response is the end of an invocation: what is scheduled after it is not taken.
      if (response !== undefined) return;
      if (message.kind === 'schedule') {
        child.send(answerSchedule(message, onSchedule), () => undefined);
        return;
      }
      response = message;
      // A response is the end of an invocation, whatever timers and connections the task left open.
      killGroup(child);
    });
    child.once('exit', (code, exitSignal) => {
      stopWatching();
      // Left over, they would hold the output open.
      killGroup(child);
      if (response?.kind === 'threw') return resolve({ status: 'threw', error: response.error });
      if (response?.kind === 'returned') {
        const { result, peakMemoryMb, cpuMs } = response;
        return resolve({ status: 'returned', result: JSON.parse(result) as unknown, peakMemoryMb, cpuMs });
      }
      const ranOutOfMemory = code === ABORT_EXIT_CODE || exitSignal === 'SIGABRT';
      resolve({ status: 'killed', reason: killedFor ?? (ranOutOfMemory ? 'memory limit' : 'crashed') });
    });
  });
}

function answerSchedule({ id, request }: ScheduleMessage, onSchedule: TaskRun['onSchedule']): ScheduleAnswer {
  if (onSchedule === undefined) return { id, refusal: 'this runtime has no queue' };
  try {
    onSchedule(request);
    return { id };
  } catch (error) {
    return { id, refusal: error instanceof Error ? error.message : String(error) };
  }
}

async function forwardLines(stream: NodeJS.ReadableStream | null, onLog: TaskRun['onLog']): Promise<void> {
  if (stream === null) return;
  for await (const line of readLines(stream)) onLog?.(line);
}

import type { WebRequest } from './WebRequest';

/** One invocation of a built task. */
export interface TaskRun {
  /** Folder of the built task, such as `<root>/dist/lock_users`. */
  readonly taskFolder: string;
  /** Parameters; they make a JSON round trip. Undefined: `run` is called without any. */
  readonly params?: unknown;
  /** Calls the task's web functions with this request instead of `run`; the result is a WebAnswer. */
  readonly web?: WebRequest;
  /** The deployment's variables: all that the task's `process.env` holds. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the `DB` global talks to. The token does not appear in the task's environment or arguments. */
  readonly backend: { readonly url: string; readonly token: string };
  /** Each line of the task's output, as it comes. */
  readonly onLog?: (line: string) => void;
  /**
   * Takes what the task schedules before it responds; throwing refuses it with the error's message. Default: every
   * request is refused.
   */
  readonly onSchedule?: (request: ScheduleRequest) => void;
  /** Milliseconds until the task is killed. Default 300 000: 5 minutes, documented (CloudCode overview). */
  readonly timeLimitMs?: number;
  /** Megabytes of JavaScript heap. Default 1024, documented as the memory of a task (CloudCode overview). */
  readonly memoryLimitMb?: number;
  /** Aborting it kills the task. */
  readonly signal?: AbortSignal;
}

/** How an invocation ended. */
export type TaskRunResult =
  | {
      readonly status: 'returned';
      readonly result: unknown;
      readonly durationMs: number;
      readonly peakMemoryMb: number;
      /** User and system time of the task's process, in milliseconds, from its start message to its result. */
      readonly cpuMs: number;
    }
  | { readonly status: 'threw'; readonly error: TaskError; readonly durationMs: number }
  | { readonly status: 'killed'; readonly reason: KillReason; readonly durationMs: number };

/** An error that a task threw, as it comes over the process boundary. */
export interface TaskError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}

/** An invocation that a task asked for with `CloudCode.scheduleTask`. */
export interface ScheduleRequest {
  readonly task: string;
  /** Its parameters, after their JSON round trip. Absent: it is called without any. */
  readonly params?: unknown;
  /** Invocations on the same queue never overlap. Absent: it may overlap with any other. */
  readonly queue?: string;
  /** Milliseconds since 1970 before which it does not run. Absent: as soon as possible. */
  readonly atMs?: number;
}

/** Why an invocation ended without a response. */
export type KillReason = 'time limit' | 'memory limit' | 'aborted' | 'crashed';

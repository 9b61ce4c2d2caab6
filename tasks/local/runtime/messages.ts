import type { ScheduleRequest, TaskError, TaskRun } from './TaskRun';
import type { WebRequest } from './WebRequest';

/** What the parent tells the child to do; its first message. */
export interface StartMessage {
  readonly taskFolder: string;
  /** The parameters as JSON, or undefined for none. */
  readonly params: string | undefined;
  /** The web request to answer, or undefined where `run` is to be called. */
  readonly web: WebRequest | undefined;
  readonly backend: TaskRun['backend'];
}

/** The parent's answer to a `ScheduleMessage`. */
export interface ScheduleAnswer {
  /** The `id` of the message that it answers. */
  readonly id: number;
  /** Why it was refused; absent: it was taken. */
  readonly refusal?: string;
}

/** The child's request to schedule a task. */
export interface ScheduleMessage {
  readonly kind: 'schedule';
  readonly id: number;
  readonly request: ScheduleRequest;
}

/** The result of the invocation; the child's last message. */
export type ResponseMessage =
  | { readonly kind: 'returned'; readonly result: string; readonly peakMemoryMb: number; readonly cpuMs: number }
  | { readonly kind: 'threw'; readonly error: TaskError };

/** What the child tells the parent. */
export type ChildMessage = ScheduleMessage | ResponseMessage;

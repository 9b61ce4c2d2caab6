import { createTask } from './src/create-task';
import type { Task } from './src/create-task';

export type { Report } from './src/report/Report';

/** The platform's database global; read with `typeof`, because a runtime without it must get a clear error. */
declare const DB: unknown;

/** The platform's global for scheduling tasks. */
declare const CloudCode: unknown;

/** Locks, unlocks or signs out users; `Task` in src/create-task.ts says what the functions promise. */
export function run(this: unknown, params?: unknown): ReturnType<Task['run']> {
  return bindTask(this).run(params);
}

/** Lets a web request in or not. */
export function authenticate(this: unknown, call: Parameters<Task['authenticate']>[0]): unknown {
  return bindTask(this).authenticate(call);
}

/** Schedules a run for a web request. */
export function post(this: unknown, call: Parameters<Task['post']>[0]): ReturnType<Task['post']> {
  return bindTask(this).post(call);
}

function bindTask(runtime: unknown): Task {
  return createTask({
    db: typeof DB === 'undefined' ? undefined : DB,
    cloudCode: typeof CloudCode === 'undefined' ? undefined : CloudCode,
    environment: process.env,
    runtime
  });
}

import pick from 'lodash/pick';
import { createTask } from '../../cloudcode/lock_users/src/create-task';
import { callWebTask } from '../../tasks/local/runtime/call-web-task';
import { connectDatabase } from '../../tasks/local/runtime/db/connect-database';
import { parseScheduleOptions } from '../../tasks/local/runtime/parse-schedule-options';
import type { TaskRun, TaskRunResult } from '../../tasks/local/runtime/TaskRun';

/**
 * Calls the task's web functions in this process, as the process of an invocation does. For tests of many requests, in which
 * that process is not the subject: starting one takes most of the time that a request takes.
 */
export async function runWebTaskHere({ web, environment, backend, onSchedule }: TaskRun): Promise<TaskRunResult> {
  if (web === undefined) throw new Error('Only web requests are run in this process.');
  const runtime = { backend: pick(backend, ['url', 'token']) };
  const cloudCode = {
    scheduleTask: (options: unknown) => Promise.resolve(onSchedule?.(parseScheduleOptions(options, Date.now())))
  };
  const task = createTask({ db: await connectDatabase(backend), cloudCode, environment, runtime });
  const result = await callWebTask({ ...task }, web, runtime, (error) => console.error(error));
  return { status: 'returned', result, durationMs: 0, peakMemoryMb: 0, cpuMs: 0 };
}

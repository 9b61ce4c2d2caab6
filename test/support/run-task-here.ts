import pick from 'lodash/pick';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { createTask } from '../../cloudcode/lock_users/src/create-task';
import { escapeText } from '../../cloudcode/lock_users/src/outside-text';
import { callWebTask } from '../../tasks/local/runtime/call-web-task';
import { connectDatabase } from '../../tasks/local/runtime/db/connect-database';
import { describeThrown } from '../../tasks/local/runtime/describe-thrown';
import { parseScheduleOptions } from '../../tasks/local/runtime/parse-schedule-options';
import { serializeParameters } from '../../tasks/local/runtime/serialize-parameters';
import type { TaskRun, TaskRunResult } from '../../tasks/local/runtime/TaskRun';

/**
 * Calls the built `lock_users` in this process, over real HTTP, as the process of an invocation does. For tests in which that
 * process is not the subject: starting one takes most of the time that an invocation takes. It cannot be killed, so what
 * needs `signal` or a limit needs a process.
 */
export async function runTaskHere(run: TaskRun): Promise<TaskRunResult> {
  const { taskFolder, web, environment, backend, onLog, onSchedule } = run;
  const params = run.params === undefined ? undefined : (JSON.parse(serializeParameters(run.params)) as unknown);
  const runtime = { backend: pick(backend, ['url', 'token']) };
  const built = createRequire(join(taskFolder, 'index.js'))('./src/create-task.js') as {
    createTask: typeof createTask;
  };
  const task = built.createTask({
    db: await connectDatabase(backend),
    cloudCode: { scheduleTask: (options: unknown) => schedule(options, onSchedule) },
    environment,
    runtime,
    log: { line: (text) => onLog?.(escapeText(text)) }
  });
  try {
    const result =
      web === undefined
        ? await task.run(params)
        : await callWebTask({ ...task }, web, runtime, (error) => console.error(error));
    return {
      status: 'returned',
      result: JSON.parse(JSON.stringify(result)) as unknown,
      durationMs: 0,
      peakMemoryMb: 0,
      cpuMs: 0
    };
  } catch (error) {
    return { status: 'threw', error: describeThrown(error), durationMs: 0 };
  }
}

async function schedule(options: unknown, onSchedule: TaskRun['onSchedule']): Promise<void> {
  const request = parseScheduleOptions(options, Date.now());
  await Promise.resolve();
  if (onSchedule === undefined) throw new Error('CloudCode.scheduleTask: this runtime has no queue');
  onSchedule(request);
}

import { createRequire } from 'node:module';
import fetch from 'node-fetch';
import { callWebTask } from './call-web-task';
import { connectDatabase } from './db/connect-database';
import { describeThrown } from './describe-thrown';
import { mapStacks } from './map-stacks';
import type { ResponseMessage, ScheduleAnswer, StartMessage } from './messages';
import { TaskScheduler } from './TaskScheduler';

mapStacks();

// The process that a task runs in: sets the platform's globals, calls `run`, and sends back the result. It ends
// with the process that started it.
process.once('disconnect', () => process.exit());
process.once('message', (message) => {
  const { send: sendToParent, channel } = process;
  if (sendToParent === undefined || channel === undefined) return;
  const send = sendToParent.bind(process);
  const scheduler = new TaskScheduler(send, channel);
  process.on('message', (answer) => scheduler.receive(answer as ScheduleAnswer));
  // On the platform a task has no such channel: it must neither write to it nor be kept waiting by it.
  delete process.send;
  channel.unref();
  void respond(message as StartMessage, scheduler).then((response) => {
    // A busy parent may learn of this process's end before it reads the response, so the parent ends it.
    channel.ref();
    send(response);
  });
});

/** Calls the task; what it says is out when the promise resolves, because the parent ends this process on a response. */
async function respond(start: StartMessage, scheduler: TaskScheduler): Promise<ResponseMessage> {
  const before = process.cpuUsage();
  let response: ResponseMessage;
  try {
    const result = await invoke(start, scheduler);
    const { user, system } = process.cpuUsage(before);
    response = {
      kind: 'returned',
      result,
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
      cpuMs: Math.round((user + system) / 1000)
    };
  } catch (error) {
    response = { kind: 'threw', error: describeThrown(error) };
  }
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve)))
  );
  return response;
}

/** Calls the task's `run`, or its web functions; returns its result as JSON, `null` for no result, when all that it scheduled is taken. */
async function invoke({ taskFolder, params, web, backend }: StartMessage, scheduler: TaskScheduler): Promise<string> {
  const rejected = new Promise<never>((_, reject) => {
    // For good: the first one is the answer, and a second must not end the process before it is sent.
    process.on('unhandledRejection', reject);
    process.on('uncaughtException', reject);
  });
  const CloudCode = { scheduleTask: (options: unknown) => scheduler.scheduleTask(options) };
  Object.assign(globalThis, { DB: await connectDatabase(backend), CloudCode, fetch });
  const exported = createRequire(`${taskFolder}/`)('./index.js') as Readonly<Record<string, unknown>>;
  const { run } = exported;
  if (web === undefined && typeof run !== 'function') throw new Error('The task does not export a function "run".');
  // The built-in credentials, as seen in a sample of the vendor's staff.
  const context = { backend: { url: backend.url, token: backend.token } };
  const parsed = params === undefined ? undefined : (JSON.parse(params) as unknown);
  const runAndSettle = async (): Promise<unknown> => {
    const result: unknown =
      web === undefined
        ? await (run as (params: unknown) => unknown).call(context, parsed)
        : await callWebTask(exported, web, context, (error) => tellThrown(error));
    await scheduler.settle();
    return result;
  };
  const result = await Promise.race([runAndSettle(), rejected]);
  const json = JSON.stringify(result ?? null) as string | undefined;
  if (json === undefined) throw new TypeError(`The task returned a ${typeof result}, which is not JSON.`);
  return json;
}

/** The caller of a web task is not told what it threw; the log is. */
function tellThrown(error: unknown): void {
  const { message, stack } = describeThrown(error);
  console.error(stack ?? message);
}

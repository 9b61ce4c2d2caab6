import { createRequire } from 'node:module';
import fetch from 'node-fetch';
import { connectDatabase } from './db/connect-database';
import type { ResponseMessage, StartMessage, TaskError } from './run-task';

// The process that a task runs in: sets the platform's globals, calls `run`, and sends back what came of it. It ends
// with the process that started it.
process.once('disconnect', () => process.exit());
process.once('message', (message) => {
  // On the platform a task has no such channel: it must neither write to it nor be kept waiting by it.
  const send = process.send?.bind(process);
  delete process.send;
  process.channel?.unref();
  void respond(message as StartMessage).then((response) => send?.(response));
});

/** Calls the task; what it says is out when the promise resolves, because the parent ends this process on a response. */
async function respond(start: StartMessage): Promise<ResponseMessage> {
  let response: ResponseMessage;
  try {
    response = {
      kind: 'returned',
      result: await invoke(start),
      peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024)
    };
  } catch (error) {
    response = { kind: 'threw', error: describe(error) };
  }
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve)))
  );
  return response;
}

/** Calls the task's `run`; returns its result as JSON, `null` for no result. */
async function invoke({ taskFolder, params, backend }: StartMessage): Promise<string> {
  const rejected = new Promise<never>((_, reject) => {
    // For good: the first one is the answer, and a second must not end the process before it is sent.
    process.on('unhandledRejection', reject);
    process.on('uncaughtException', reject);
  });
  Object.assign(globalThis, { DB: await connectDatabase(backend), CloudCode: {}, fetch });
  const task = createRequire(`${taskFolder}/`)('./index.js') as { run?: unknown };
  if (typeof task.run !== 'function') throw new Error('The task does not export a function "run".');
  const parsed = params === undefined ? undefined : (JSON.parse(params) as unknown);
  const result: unknown = await Promise.race([task.run.call({}, parsed), rejected]);
  const json = JSON.stringify(result ?? null) as string | undefined;
  if (json === undefined) throw new TypeError(`The task returned a ${typeof result}, which is not JSON.`);
  return json;
}

function describe(error: unknown): TaskError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack, code } = error as NodeJS.ErrnoException;
  return { name, message, ...(typeof code === 'string' && { code }), ...(stack !== undefined && { stack }) };
}

import { createRequire } from 'node:module';
import fetch from 'node-fetch';
import { connectDatabase } from './db/connect-database';
import type { ResponseMessage, StartMessage, TaskError } from './run-task';

// The process that a task runs in: sets the platform's globals, calls `run`, and sends back what came of it. It ends
// with the process that started it.
process.once('disconnect', () => process.exit());
process.once('message', (message) => void respond(message as StartMessage));

async function respond(start: StartMessage): Promise<void> {
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
  // The parent kills this process on a response, so what the task printed has to be out before.
  await Promise.all(
    [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve)))
  );
  process.send?.(response);
}

/** Calls the task's `run`; returns its result as JSON, `null` for no result. */
async function invoke({ taskFolder, params, backend }: StartMessage): Promise<string> {
  const rejected = new Promise<never>((_, reject) => {
    process.once('unhandledRejection', reject);
    process.once('uncaughtException', reject);
  });
  Object.assign(globalThis, { DB: await connectDatabase(backend), CloudCode: {}, fetch });
  const task = createRequire(`${taskFolder}/`)('./index.js') as { run?: unknown };
  if (typeof task.run !== 'function') throw new Error('The task does not export a function "run".');
  const parsed = params === undefined ? undefined : (JSON.parse(params) as unknown);
  const result: unknown = await Promise.race([task.run.call({}, parsed), rejected]);
  return JSON.stringify(result ?? null);
}

function describe(error: unknown): TaskError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack, code } = error as NodeJS.ErrnoException;
  return { name, message, ...(typeof code === 'string' && { code }), ...(stack !== undefined && { stack }) };
}

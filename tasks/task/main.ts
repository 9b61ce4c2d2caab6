import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TaskRunResult } from '../local/runtime/run-task';
import { runTestTrigger } from './run-test-trigger';

const USAGE = `Usage: npm run task -- test TASK [--params JSON] [--deployment NAME]

Runs a task as OXIDE's "Test CloudCode Task" does, and all that it schedules. The log goes to stderr, the result
of the run that ended last to stdout.

  --params JSON      Parameters of the task. Default: none.
  --deployment NAME  A deployment of .journeyrc. Default: its default.
  --help             Print this text.

Exit codes: 0 the task did what it was asked for, 1 its report says that it did not, 2 wrong usage or settings,
3 it threw or was killed, 130 stopped by Ctrl-C.
`;

interface Options {
  readonly task: string;
  readonly params?: unknown;
  readonly deployment?: string;
}

async function main(): Promise<number> {
  const abort = new AbortController();
  process.on('SIGINT', () => abort.abort());
  process.on('SIGTERM', () => abort.abort());
  let result: TaskRunResult;
  try {
    const options = parseOptions();
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    result = await runTestTrigger({
      ...options,
      root: join(__dirname, '..', '..'),
      environment: process.env,
      onLog: (line) => process.stderr.write(`${line}\n`),
      signal: abort.signal
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  return tell(result);
}

function parseOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { params: { type: 'string' }, deployment: { type: 'string' }, help: { type: 'boolean', default: false } }
  });
  if (values.help) return 'help';
  const [trigger, task, ...rest] = positionals;
  if (trigger !== 'test' || task === undefined || rest.length > 0) {
    throw new Error(`Name the trigger, which is "test", and the task.\n\n${USAGE}`);
  }
  return {
    task,
    ...(values.params !== undefined && { params: parseParams(values.params) }),
    ...(values.deployment !== undefined && { deployment: values.deployment })
  };
}

function parseParams(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`--params is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function tell(result: TaskRunResult): number {
  switch (result.status) {
    case 'returned': {
      console.log(JSON.stringify(result.result, null, 2));
      const { status } = (result.result ?? {}) as { status?: unknown };
      return status === undefined || status === 'planned' || status === 'done' ? 0 : 1;
    }
    case 'threw':
      // An error with a code is a refusal in the task's own words; any other is one that needs the place.
      process.stderr.write(
        `The task ended with an error.\n${(result.error.code === undefined && result.error.stack) || result.error.message}\n`
      );
      return 3;
    case 'killed':
      process.stderr.write(`The task was killed: ${result.reason}.\n`);
      return result.reason === 'aborted' ? 130 : 3;
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

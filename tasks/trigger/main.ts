import { join } from 'node:path';
import type { TaskRunResult } from '../local/runtime/run-task';
import type { WebAnswer } from '../local/runtime/WebRequest';
import { parseOptions, USAGE } from './parse-options';
import { runTrigger } from './run-trigger';
import type { TriggerOutcome } from './run-trigger';

async function main(): Promise<number> {
  const abort = new AbortController();
  process.on('SIGINT', () => abort.abort());
  process.on('SIGTERM', () => abort.abort());
  let outcome: TriggerOutcome;
  try {
    const options = parseOptions(process.argv.slice(2), Date.now());
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    outcome = await runTrigger({
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
  if (abort.signal.aborted) {
    process.stderr.write(STOPPED);
    return 130;
  }
  const { answer, finished } = outcome;
  if (answer !== undefined) return tellAnswer(answer, finished.at(-1)?.result);
  return tell(finished.at(-1)?.result);
}

/** What a task has sent until then, it has done. */
const STOPPED =
  'The task was stopped while it ran. Users may have been changed; run it again, and it does what is missing.\n';

/** The answer of a web task, and after it the result of what it ordered, if it did. */
function tellAnswer({ status, body }: WebAnswer, last: TaskRunResult | undefined): number {
  console.log(`${status} ${body}`);
  const isItsOwn = last?.status === 'returned' && (last.result as WebAnswer | null)?.body === body;
  const exitCode = last === undefined || isItsOwn ? 0 : tell(last);
  return status >= 200 && status < 300 ? exitCode : 1;
}

function tell(result: TaskRunResult | undefined): number {
  switch (result?.status) {
    case 'returned': {
      console.log(JSON.stringify(result.result, null, 2));
      const { status } = (result.result ?? {}) as { status?: unknown };
      return [undefined, 'planned', 'done', 'queued'].includes(status as string | undefined) ? 0 : 1;
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
    default:
      process.stderr.write('Nothing was started.\n');
      return 1;
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findFailedChecks } from './find-failed-checks';
import { formatJson, formatResult } from './format-demo';
import { runDemo } from './run-demo';
import type { Listener } from './run-demo';
import { printStory } from './print-story';

const USAGE = `Usage: npm start -- [--users N] [--fast] [--json]

The whole story on an embedded JourneyApps backend: people work in the app, everybody is locked, the devices keep what
is not uploaded yet, the lock is undone, and everybody is back with nothing lost. In the end a control that does lose.

  --users N   How many users the app has, 1 to 1000000. Default: 200.
  --fast      No pause between the chapters.
  --json      Print one JSON document, the reports and the figures of backend and devices, and nothing else.
  --help      Print this text.
`;

/** Long enough to see that a chapter has ended, short enough not to wait for the next. */
const PAUSE_MS = 700;

interface Options {
  readonly users: number;
  readonly fast: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

async function main(): Promise<number> {
  const options = parseOptions();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const abort = new AbortController();
  const { signal } = abort;
  process.on('SIGINT', () => abort.abort());
  process.on('SIGTERM', () => abort.abort());
  const pause = async (): Promise<void> => {
    if (!options.fast) await setTimeout(PAUSE_MS, undefined, { signal });
  };
  try {
    const root = join(__dirname, '..', '..');
    const listener = options.json ? SILENCE : printStory(console.log, pause);
    const result = await runDemo({ root, users: options.users, listener, signal });
    const failed = findFailedChecks(result);
    if (options.json) console.log(formatJson(result));
    else {
      await pause();
      console.log(`\n${formatResult(result, failed)}`);
      console.log(
        '\nNext: README.md says how to put the task into an app; npm run local keeps a backend like this one running.'
      );
    }
    for (const sentence of failed) process.stderr.write(`Failed: ${sentence}\n`);
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    if (signal.aborted) {
      process.stderr.write('Stopped. The embedded backend is gone, and nothing else was touched.\n');
      return 130;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

const SILENCE: Listener = { chapter: () => Promise.resolve(), line: () => undefined };

/** The command's options, or a sentence about what is wrong with them. */
function parseOptions(): Options | string {
  try {
    const { values } = parseArgs({
      options: {
        users: { type: 'string', default: '200' },
        fast: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    });
    const users = Number(values.users);
    if (!/^[1-9][0-9]*$/.test(values.users ?? '') || users > 1_000_000) {
      return `--users is a whole number from 1 to 1000000, not ${JSON.stringify(values.users)}.`;
    }
    return { users, fast: values.fast === true, json: values.json === true, help: values.help === true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

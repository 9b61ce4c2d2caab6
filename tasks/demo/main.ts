import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatJson, formatLogLine, formatPlan, formatResult, formatStart, isSuccess } from './format-demo';
import { runDemo } from './run-demo';

const USAGE = `Usage: npm start -- [--users N] [--json]

Locks the users of an app on an embedded JourneyApps backend and keeps the data on their devices.

  --users N   How many users the app has, 1 to 1000000. Default: 200.
  --json      Print one JSON document, the report and the backend's figures, and nothing else.
  --help      Print this text.
`;

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
  process.on('SIGINT', () => abort.abort());
  process.on('SIGTERM', () => abort.abort());
  const say = (text: string | undefined): void => {
    if (!options.json && text !== undefined) console.log(text);
  };
  try {
    const events = {
      onStart: (...state: Parameters<typeof formatStart>) => say(formatStart(...state)),
      onPlan: (report: Parameters<typeof formatPlan>[0]) => say(`${formatPlan(report)}\n\nLock`),
      onLog: (line: string) => say(formatLogLine(line))
    };
    const result = await runDemo(join(__dirname, '..', '..'), options.users, events, abort.signal);
    console.log(options.json ? formatJson(result) : formatResult(result));
    say('\nNext: README.md says how to put the task into an app; npm run local keeps a backend like this one running.');
    return isSuccess(result) ? 0 : 1;
  } catch (error) {
    if (abort.signal.aborted) {
      process.stderr.write('Stopped. The embedded backend is gone, and nothing else was touched.\n');
      return 130;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** The command's options, or a sentence about what is wrong with them. */
function parseOptions(): { users: number; json: boolean; help: boolean } | string {
  try {
    const { values } = parseArgs({
      options: {
        users: { type: 'string', default: '200' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    });
    const users = Number(values.users);
    if (!/^[1-9][0-9]*$/.test(values.users ?? '') || users > 1_000_000) {
      return `--users is a whole number from 1 to 1000000, not ${JSON.stringify(values.users)}.`;
    }
    return { users, json: values.json === true, help: values.help === true };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

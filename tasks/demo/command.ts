import { setTimeout } from 'node:timers/promises';
import { defineCommand } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import { printText } from '../shared/print-text';
import { findFailedChecks } from './find-failed-checks';
import { formatJson, formatResult } from './format-demo';
import { printStory } from './print-story';
import { runDemo } from './run-demo';
import type { Listener } from './run-demo';

/** Milliseconds: long enough to see that a chapter has ended, short enough not to wait for the next. */
const PAUSE_MS = 700;
/** The most that the task is measured with (docs/benchmarks.md). */
const MOST_USERS = 1_000_000;

/** `npm start`. */
export const demo = defineCommand({
  name: 'npm start',
  about: [
    'The whole story on an embedded JourneyApps backend: people work in the app, everybody is locked, the devices keep what is not uploaded yet, the lock is undone, and everybody is back with nothing lost. In the end, a control run that does lose data shows that the check works.'
  ],
  options: {
    users: { type: 'string', value: 'N', about: `How many users the app has, 1 to ${MOST_USERS}. Default: 200.` },
    fast: { type: 'boolean', about: 'No pause between the chapters.' },
    json: {
      type: 'boolean',
      about: 'Print one JSON document, the reports and the figures of backend and devices, and nothing else.'
    }
  },
  interrupted: 'Stopped. The embedded backend is gone, and nothing else was touched.',
  async run({ options }, { root, stdout, stderr, signal }) {
    const users = parseUsers(options.users);
    const pause = async (): Promise<void> => {
      if (!options.fast && !stdout.isClosed) await setTimeout(PAUSE_MS, undefined, { signal });
    };
    const listener = options.json ? SILENCE : printStory(stdout, pause);
    const result = await runDemo({ root, users, listener, signal });
    const failed = findFailedChecks(result);
    if (options.json) {
      stdout.write(`${formatJson(result)}\n`);
    } else {
      await pause();
      stdout.write(`\n${formatResult(result, failed, stdout.columns)}\n\n`);
      printText(
        stdout,
        'Next: README.md says how to put the task into an app; npm run local keeps a backend like this one running.'
      );
    }
    for (const sentence of failed) printText(stderr, `Failed: ${sentence}`);
    return failed.length === 0 ? 0 : 1;
  }
});

const SILENCE: Listener = { chapter: () => Promise.resolve(), line: () => undefined };

function parseUsers(text = '200'): number {
  if (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= MOST_USERS) return Number(text);
  throw new UsageError(`--users is a whole number from 1 to ${MOST_USERS}, not ${JSON.stringify(text)}.`);
}

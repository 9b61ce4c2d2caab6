import { defineCommand } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import { findFailedChecks } from './find-failed-checks';
import { tellDemo } from './tell-demo';

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
  async run({ options }, io) {
    const { fast, json } = options;
    const result = await tellDemo({ users: parseUsers(options.users), isFast: fast, isJson: json }, io);
    return findFailedChecks(result).length === 0 ? 0 : 1;
  }
});

function parseUsers(text = '200'): number {
  if (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= MOST_USERS) return Number(text);
  throw new UsageError(`--users is a whole number from 1 to ${MOST_USERS}, not ${JSON.stringify(text)}.`);
}

import isPlainObject from 'lodash/isPlainObject';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { defineCommand } from '../shared/Command';
import type { OptionTable, OptionValues } from '../shared/Command';
import { SettingsError, UsageError } from '../shared/command-errors';
import { countNoun } from '../shared/count-noun';
import { printText } from '../shared/print-text';
import { chooseLocalDeployment, loadSettings } from '../shared/settings/load-settings';
import type { LocalDeployment } from '../shared/settings/Settings';
import { buildTasks } from '../build/build-tasks';
import type { BackendOptions } from './backend/start-backend';
import { parseSwitches, SWITCH_VALUES } from './backend/control/Switches';
import { chooseSeedGroups } from './choose-seed-groups';
import { followVariables } from './follow-variables';
import { noteRunningPlatform, refuseSecondPlatform } from './running-platform-file';
import { nextTimes } from './runtime/Schedules';
import { describeOrder, describeRequest } from './runtime/Order';
import type { ScheduleRequest } from './runtime/TaskRun';
import { startPlatform } from './start-platform';
import type { RunningPlatform } from './start-platform';

const SWITCH_LIST = Object.entries(SWITCH_VALUES)
  .map(([name, values]) => `\n  ${name}=${values.join('|')}`)
  .join('');

const OPTIONS = {
  port: { type: 'string', value: 'N', about: 'Port on 127.0.0.1. Default: .journeyrc, else any that is free.' },
  users: { type: 'string', value: 'N', about: 'Users that a new backend gets. Default: .journeyrc, else 200.' },
  data: { type: 'string', value: 'FILE', about: 'File that keeps the state. Default: .journeyrc, else none.' },
  switches: {
    type: 'string',
    value: 'FILE',
    about: 'Switches as npm run contract has written them, beside those of .journeyrc; --switch goes before both.'
  },
  switch: {
    type: 'string',
    value: 'NAME=VALUE',
    multiple: true,
    about: `What to do where the platform's behaviour is unknown; may be repeated. Default: .journeyrc, else the first, harshest value:${SWITCH_LIST}`
  }
} as const satisfies OptionTable;

/** `npm run local`. */
export const local = defineCommand({
  name: 'npm run local',
  about: [
    'A JourneyApps Backend API v4 and its CloudCode on this machine, until Ctrl-C. There is one in a folder at a time.'
  ],
  options: OPTIONS,
  interrupted: 'Stopped.',
  async run(line, { root, stdout, signal }) {
    const options = readOptions(root, line.options);
    const print = (text: string): void => printText(stdout, text);
    await refuseSecondPlatform(root);
    buildTasks({ root });
    const platform = await start(root, options, print);
    let removeNote = (): void => undefined;
    try {
      removeNote = noteRunningPlatform(root, platform.note);
      if (platform.backend.state().users === 0) platform.backend.seed(chooseSeedGroups(options.users));
      for (const warning of platform.backend.warnings) print(`schema.xml, ${warning}`);
      printText(stdout, describePlatform(platform, options.deployment), LABEL_INDENTATION);
      // Nobody would know of a platform that goes on when its reader has gone, as in `npm run local | head`.
      if (!signal.aborted) await Promise.race([once(signal, 'abort'), stdout.closed]);
    } finally {
      removeNote();
      await platform.close();
    }
    print(describeStop(options.backend.dataFile, platform.runtime.orders));
    return 0;
  }
});

/** As wide as the labels of what `describePlatform` lists. */
const LABEL_INDENTATION = ' '.repeat(19);

async function start(
  root: string,
  { deployment, backend }: Options,
  onLog: (line: string) => void
): Promise<RunningPlatform> {
  try {
    const readVariables = followVariables(root, deployment.variables ?? {}, onLog);
    return await startPlatform({ root, backend, deployment, readVariables, onLog });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${backend.port} is taken. Name another with --port.`);
  }
}

function describePlatform({ backend, note }: RunningPlatform, deployment: LocalDeployment): string {
  const { users, lockedUsers, sessions } = backend.state();
  return `A local backend with ${countNoun(users, 'user')} (${lockedUsers} locked) and ${countNoun(sessions.ENROLLED, 'device')} in the app.

  JOURNEY_BACKEND_URL=${backend.url}
  JOURNEY_API_TOKEN=${backend.token}

State:             ${backend.origin}/_local/state
Requests so far:   ${backend.origin}/_local/requests
Lock its users:    npm run task -- test lock_users
Web tasks:         ${note.runtimeOrigin}/lock_users (LOCK_USERS_WEB_SECRET=${note.webSecret})
Devices:           nobody connects by itself, so that who is locked "may still work offline". Signing in after an undo:
                   curl -X POST ${backend.origin}/_local/sign-in -H 'Content-Type: application/json' -d '{}'
${describeSchedules(deployment)}
Ctrl-C stops it.`;
}

function describeStop(dataFile: string | undefined, requests: readonly ScheduleRequest[]): string {
  const orders = requests.map((request) => describeOrder(describeRequest(request))).join('; ');
  if (dataFile === undefined) return orders === '' ? 'Stopped.' : `Stopped. Lost with its state: ${orders}.`;
  const kept = orders === '' ? '' : `\nOrdered, and done when it is started with it again: ${orders}.`;
  return `Stopped. The state is in ${dataFile}.${kept}`;
}

/** The next three times of each schedule, or nothing where there is none. */
function describeSchedules({ schedules = [] }: LocalDeployment): string {
  return schedules
    .map((schedule) => {
      const format = new Intl.DateTimeFormat('en-GB', {
        timeZone: schedule.timezone,
        dateStyle: 'medium',
        timeStyle: 'short'
      });
      const times = nextTimes(schedule, Date.now(), 3).map((timeMs) => format.format(timeMs));
      return `Next by schedule:  ${schedule.task}, ${times.join('; ')} (${schedule.timezone})\n`;
    })
    .join('');
}

interface Options {
  readonly deployment: LocalDeployment;
  readonly users: number;
  readonly backend: BackendOptions;
}

function readOptions(root: string, options: OptionValues<typeof OPTIONS>): Options {
  const port = readNumber('--port', options.port, 65_535);
  const users = readNumber('--users', options.users, 1_000_000);
  try {
    const deployment = chooseLocalDeployment(loadSettings(root));
    const dataFile = options.data ?? deployment.data;
    const switches = options.switch.map((text): [string, string] => {
      const [name = '', value = ''] = text.split('=');
      return [name, value];
    });
    return {
      deployment,
      users: users ?? deployment.users ?? 200,
      backend: {
        port: port ?? deployment.port ?? 0,
        switches: parseSwitches({
          ...deployment.switches,
          ...readSwitchFile(options.switches),
          ...Object.fromEntries(switches)
        }),
        ...(dataFile !== undefined && { dataFile })
      }
    };
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error));
  }
}

function readSwitchFile(path: string | undefined): Readonly<Record<string, unknown>> {
  if (path === undefined) return {};
  try {
    const switches: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isPlainObject(switches)) return switches as Record<string, unknown>;
    throw new Error('it holds no object of switches');
  } catch (error) {
    throw new Error(`--switches ${path} cannot be used: ${(error as Error).message}.`);
  }
}

function readNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  throw new UsageError(`${flag} is a whole number from 0 to ${most}, not ${JSON.stringify(text)}.`);
}

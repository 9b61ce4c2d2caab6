import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseLocalDeployment, loadSettings } from '../shared/settings/load-settings';
import type { LocalDeployment } from '../shared/settings/Settings';
import { buildTasks } from '../build/build-tasks';
import { parseSwitches, SWITCH_VALUES } from './backend/Switches';
import { chooseSeedGroups } from './choose-seed-groups';
import { noteRunningPlatform } from './running-platform-file';
import { nextTimes } from './runtime/Schedules';
import { startPlatform } from './start-platform';
import type { RunningPlatform } from './start-platform';

const USAGE = `Usage: npm run local -- [--port N] [--users N] [--data FILE] [--switch NAME=VALUE]…

A JourneyApps Backend API v4 on this machine, until Ctrl-C.

  --port N             Port on 127.0.0.1. Default: .journeyrc, else any that is free.
  --users N            Users that a new backend gets. Default: .journeyrc, else 200.
  --data FILE          File that keeps the state. Default: .journeyrc, else none.
  --switch NAME=VALUE  What to do where the platform's behaviour is unknown; may be repeated. Default: .journeyrc, else
                       the first, harshest value:
${Object.entries(SWITCH_VALUES)
  .map(([name, values]) => `                         ${name}=${values.join('|')}`)
  .join('\n')}
  --help               Print this text.
`;

async function main(): Promise<number> {
  const root = join(__dirname, '..', '..');
  let options: ReturnType<typeof parseOptions>;
  try {
    options = parseOptions(root);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const platform = await start(root, options);
  if (platform === undefined) return 1;
  const { backend, note } = platform;
  const removeNote = noteRunningPlatform(root, note);
  if (backend.state().users === 0) backend.seed(chooseSeedGroups(options.users));
  const { users, lockedUsers, sessions } = backend.state();
  console.log(`A local backend with ${users} users (${lockedUsers} locked) and ${sessions.ENROLLED} devices in the app.

  JOURNEY_BACKEND_URL=${backend.url}
  JOURNEY_API_TOKEN=${backend.token}

What is in it:     ${backend.origin}/_local/state
What it was asked: ${backend.origin}/_local/requests
Lock its users:    npm run task -- test lock_users
Web tasks:         ${note.runtimeOrigin}/lock_users (LOCK_USERS_WEB_SECRET=${note.webSecret})
${describeSchedules(options.deployment)}
Ctrl-C stops it.`);
  await new Promise<void>((resolve) => {
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
  });
  removeNote();
  await platform.close();
  console.log(options.dataFile === undefined ? 'Stopped.' : `Stopped. The state is in ${options.dataFile}.`);
  return 0;
}

/** Builds the tasks and starts the platform; tells what is wrong where that cannot be done. */
async function start(root: string, { deployment, ...backend }: Options): Promise<RunningPlatform | undefined> {
  try {
    buildTasks({ root });
    return await startPlatform({ root, backend, deployment, onLog: (line) => console.log(line) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isTaken = code === 'EADDRINUSE';
    process.stderr.write(`${isTaken ? `Port ${backend.port} is taken. Name another with --port.` : message}\n`);
    return undefined;
  }
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

type Options = Exclude<ReturnType<typeof parseOptions>, 'help'>;

function parseOptions(root: string) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      users: { type: 'string' },
      data: { type: 'string' },
      switch: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false }
    }
  });
  if (values.help) return 'help';
  const configured = chooseLocalDeployment(loadSettings(root));
  const dataFile = values.data ?? configured.data;
  const switches = values.switch?.map((text): [string, string] => {
    const [name = '', value = ''] = text.split('=');
    return [name, value];
  });
  return {
    deployment: configured,
    port: readNumber('--port', values.port, 65_535) ?? configured.port ?? 0,
    users: readNumber('--users', values.users, 1_000_000) ?? configured.users ?? 200,
    switches: parseSwitches({ ...configured.switches, ...Object.fromEntries(switches ?? []) }),
    ...(dataFile !== undefined && { dataFile })
  };
}

function readNumber(flag: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`${flag} is a whole number from 0 to ${most}, not ${JSON.stringify(text)}.`);
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

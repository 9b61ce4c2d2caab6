import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { checkAddress, checkToken } from '../../cloudcode/lock_users/src/input/backend-access';
import type { Checked } from '../../cloudcode/lock_users/src/input/Check';
import { isObjectId } from '../../cloudcode/lock_users/src/input/user-ids';
import { defineCommand } from '../shared/Command';
import type { CommandIo } from '../shared/Command';
import { SettingsError, UsageError } from '../shared/command-errors';
import { printText } from '../shared/print-text';
import { replaceFile } from '../shared/replace-file';
import type { ContractClock, ContractTarget } from './ContractClient';
import { runContract } from './run-contract';

const VARIABLES = ['CONTRACT_BACKEND_URL', 'CONTRACT_API_TOKEN', 'CONTRACT_USER_ID'] as const;

const MACHINE_CLOCK: ContractClock = { nowMs: () => Date.now(), sleep: (ms) => setTimeout(ms) };

/** `npm run contract`. */
export const contract = defineContract(MACHINE_CLOCK);

/** The command on a clock. */
export function defineContract(clock: ContractClock) {
  return defineCommand({
    name: 'npm run contract',
    about: [
      'Looks what a real deployment does where the platform’s behaviour is unknown (docs/unknowns.md), and prints a table of it. It reads, and it locks, unlocks and signs out ONE user, alone and in batches of one operation; each lock says "wipe": false. That user is locked or unlocked afterwards as before, and has to sign in again on each device: make a throw-away user for it.',
      `It takes ${VARIABLES.join(', ')} from the environment, and asks before it begins.`
    ],
    options: {
      write: {
        type: 'string',
        value: 'FILE',
        about: 'Write the switches that make the local platform do the same: npm run local -- --switches FILE.'
      }
    },
    interrupted:
      'Stopped before the end. Unless something else is said above, the user is locked or unlocked as before.',
    async run({ options }, io) {
      const target = readTarget(io.environment);
      const file = options.write === undefined ? undefined : checkFile(options.write);
      await confirm(target, io);
      const onProgress = (line: string): void => printText(io.stderr, line);
      const { findings, problems } = await runContract({ target, clock, signal: io.signal, onProgress });
      for (const problem of problems) onProgress(problem);
      io.signal.throwIfAborted();
      io.stdout.write(`${findings.toTable()}\n`);
      if (problems.length > 0) return 1;
      if (file !== undefined) {
        replaceFile(file, `${JSON.stringify(findings.switches(), null, 2)}\n`);
        printText(io.stderr, `Wrote ${file}. Use it with: npm run local -- --switches ${options.write}`);
      }
      return 0;
    }
  });
}

/** @throws SettingsError with a line for each mistake, or where this is CI */
function readTarget(environment: CommandIo['environment']): ContractTarget {
  const { CI = '' } = environment;
  if (CI !== '' && CI !== 'false') {
    throw new SettingsError('This is CI (the variable CI is set). Nobody is there to be asked, so it never runs here.');
  }
  const missing = VARIABLES.filter((name) => (environment[name] ?? '') === '');
  if (missing.length > 0) throw new SettingsError(missing.map((name) => `${name} is not set.`).join('\n'));
  const [url, token, userId = ''] = VARIABLES.map((name) => environment[name]);
  const address = take(checkAddress(url, 'CONTRACT_BACKEND_URL'));
  const secret = take(checkToken(token, 'CONTRACT_API_TOKEN'));
  if (!isObjectId(userId)) throw new SettingsError('CONTRACT_USER_ID must be one user id, a lower-case UUID.');
  return { ...address, token: secret, userId };
}

function take<T>(checked: Checked<T>): T {
  if ('value' in checked) return checked.value;
  throw new SettingsError(checked.mistakes.join('\n'));
}

/** @throws UsageError where the file could not be written in the end */
function checkFile(given: string): string {
  const file = resolve(given);
  try {
    accessSync(dirname(file), constants.W_OK);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('it is a folder');
    return file;
  } catch (error) {
    throw new UsageError(`--write ${given} cannot be used: ${(error as Error).message}.`);
  }
}

/** @throws Error unless somebody says yes */
async function confirm({ backendUrl, userId }: ContractTarget, io: CommandIo): Promise<void> {
  printText(
    io.stderr,
    `This locks, unlocks and signs out the user ${userId} of ${backendUrl}, several times. Data on the devices are kept, and the user has to sign in again on each. Nobody else is changed.`
  );
  const answer = await io.ask('Type yes to begin: ');
  if (answer === undefined) {
    throw new SettingsError('Nobody can be asked: this needs a terminal. Nothing was sent.');
  }
  if (answer.trim().toLowerCase() !== 'yes') throw new SettingsError('You did not say yes. Nothing was sent.');
}

import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defineCommand } from '../shared/Command';
import type { CommandIo, OptionTable } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import { countNoun } from '../shared/count-noun';
import { printText } from '../shared/print-text';
import { buildCommand } from '../build/build-command';
import { buildTasks } from '../build/build-tasks';
import { killDirect } from './kill-direct';
import { killProcess } from './kill-process';
import type { Killed } from './kill-process';
import { makeScenario } from './make-scenario';
import { playCrowd } from './play-crowd';
import { playKilled, playScenario } from './play-scenario';
import { playStopped } from './play-stopped';
import { playUndone } from './play-undone';

const OPTIONS = {
  seeds: { type: 'string', value: 'N', about: 'How many seeds to play. Default: 200.' },
  from: { type: 'string', value: 'S', about: 'The first of them. Default: 1.' },
  seed: { type: 'string', value: 'S', about: 'Play this one alone, and print its scenario and its log.' },
  processes: {
    type: 'boolean',
    about:
      'Kill real processes instead (SIGKILL), which takes about two seconds for each seed. Even seeds lock, odd ones unlock.'
  },
  direct: {
    type: 'boolean',
    about: 'Kill "lock-users apply --direct --report" instead, which takes about five seconds for each seed.'
  }
} as const satisfies OptionTable;

/** `npm run chaos`. */
export const chaos = defineCommand({
  name: 'npm run chaos',
  about: [
    'Runs the task while everything goes wrong, on a clock of its own. A seed draws the deployment, what goes wrong on it, and what the task does: half of the seeds lock, the others unlock, re-authenticate, or undo a run that locked users before.',
    'What goes wrong: requests that fail or answer late; lists that lag, shift or come out of a cache; malformed users; changes by others; slow saves, orders that never settle, clocks that jump, Retry-After of every kind, and texts with control characters.'
  ],
  options: OPTIONS,
  notes: [
    'Without --processes and --direct each seed is played with its faults, killed at a random moment, as two or three runs at once, and asked to stop at a random moment; a run that locks with a record is played once more and undone. Exit code 0: all is well. 1: at least one seed shows a problem, which is printed. 2: the options are wrong.'
  ],
  interrupted: 'Stopped before the end.',
  run({ options }, io) {
    const from =
      options.seed === undefined ? readNumber('from', options.from ?? '1') : readNumber('seed', options.seed);
    const to = options.seed === undefined ? from + readNumber('seeds', options.seeds ?? '200') - 1 : from;
    const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    if (options.processes === true && options.direct === true) throw new UsageError('Give --processes or --direct.');
    if (options.processes === true) return killEach(seeds, io, prepareProcesses(io));
    if (options.direct === true) return killEach(seeds, io, prepareDirect(io));
    return playSeeds(seeds, options.seed !== undefined, io);
  }
});

function readNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} must be a whole number of at least 1.`);
}

async function playSeeds(seeds: readonly number[], isVerbose: boolean, io: CommandIo): Promise<number> {
  let failed = 0;
  for (const seed of seeds) {
    // A virtual clock leaves no time for Ctrl-C to arrive.
    await setImmediate();
    io.signal.throwIfAborted();
    if (!(await playSeed(seed, isVerbose, io))) failed++;
  }
  printText(
    io.stdout,
    failed === 0
      ? `${countNoun(seeds.length, 'seed')}: every run ended, every report was true, no user was changed who had to be left alone, no device was wiped, and no rule of the platform was broken.`
      : `${failed} of ${countNoun(seeds.length, 'seed')} failed. Look at one with: npm run chaos -- --seed N`
  );
  return failed === 0 ? 0 : 1;
}

async function playSeed(seed: number, isVerbose: boolean, { stdout }: CommandIo): Promise<boolean> {
  const scenario = makeScenario(seed);
  const { action, records } = scenario;
  let isWell = true;
  for (const [name, play] of [
    ['faults', playScenario],
    ['kill', playKilled],
    ['crowd', () => playCrowd(makeScenario(seed, { time: false }))],
    ['stop', playStopped],
    ...(action === 'lock' && records ? [['undo', playUndone] as const] : [])
  ] as const) {
    let problems: readonly string[];
    try {
      const played = await play(scenario);
      problems = played.problems;
      if (isVerbose) {
        const text = [JSON.stringify(scenario, null, 2), ...played.log, ''];
        stdout.write(`--- ${name} ---\n${text.join('\n')}`);
      }
    } catch (error) {
      problems = [String(error)];
    }
    for (const problem of new Set(problems)) printText(stdout, `seed ${seed} (${action}, ${name}): ${problem}`);
    isWell &&= problems.length === 0;
  }
  return isWell;
}

type Kill = (seed: number) => Promise<Killed>;

function prepareProcesses({ root }: CommandIo): Kill {
  const [built] = buildTasks({ root, only: 'lock_users' });
  if (built === undefined) throw new Error('The task was not built.');
  return (seed) => killProcess(built.outFolder, seed);
}

function prepareDirect({ root }: CommandIo): Kill {
  const program = join(buildCommand(root), 'tasks', 'lock-users', 'main.js');
  return (seed) => killDirect(program, seed);
}

async function killEach(seeds: readonly number[], { stdout, signal }: CommandIo, kill: Kill): Promise<number> {
  let [failed, killed, halfway] = [0, 0, 0];
  for (const seed of seeds) {
    signal.throwIfAborted();
    const { wasKilled, wasHalfway, problems } = await kill(seed);
    for (const problem of problems) printText(stdout, `seed ${seed}: ${problem}`);
    if (problems.length > 0) failed++;
    if (wasKilled) killed++;
    if (wasKilled && wasHalfway) halfway++;
  }
  printText(
    stdout,
    `${countNoun(seeds.length, 'seed')}: ${countNoun(killed, 'process was', 'processes were')} killed, ${halfway} of them halfway. ` +
      (failed === 0
        ? 'Each time the second run did the rest.'
        : `${countNoun(failed, 'seed shows', 'seeds show')} a problem.`)
  );
  return failed === 0 ? 0 : 1;
}

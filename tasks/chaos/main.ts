import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTasks } from '../build/build-tasks';
import { killProcess } from './kill-process';
import { makeScenario } from './make-scenario';
import { playKilled, playScenario } from './play-scenario';
import { playUndone } from './play-undone';

const USAGE = `Usage: npm run chaos -- [options]

Runs the task with faults of every kind, on virtual time. A seed draws the deployment, its faults, and what the task does: half
of the seeds lock, the others unlock, re-authenticate, or undo an earlier run that locked users.

  --seeds N   how many seeds to play (default 200)
  --from S    the first of them (default 1)
  --seed S    play this one alone, and print its scenario and its log
  --evidence  draw faults as well that make what a run sees late, incomplete or wrong: lag, shifting pages, caches, malformed
              users, changes by others; a run that locks with a record is played a third time and undone
  --processes kill real processes instead (SIGKILL), which takes about two seconds for each seed; even seeds lock, odd ones
              unlock

Without --processes each seed is played twice: once with faults, once killed at a random moment. Exit code 0: all is well.
1: at least one seed shows a problem; it is printed. 2: the options are wrong.
`;

interface Options {
  readonly from: number;
  readonly to: number;
  readonly isVerbose: boolean;
  readonly processes: boolean;
  readonly evidence: boolean;
}

function parseOptions(): Options | 'help' {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '200' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      processes: { type: 'boolean', default: false },
      evidence: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  });
  if (values.help) return 'help';
  const read = (name: string, text = ''): number => {
    if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number of at least 1.`);
    return Number(text);
  };
  const from = read('from', values.seed ?? values.from);
  const isVerbose = values.seed !== undefined;
  return {
    from,
    to: isVerbose ? from : from + read('seeds', values.seeds) - 1,
    isVerbose,
    processes: values.processes === true,
    evidence: values.evidence === true
  };
}

async function playSeed(seed: number, { isVerbose, evidence }: Options): Promise<boolean> {
  const scenario = makeScenario(seed, { evidence });
  const { action, records } = scenario;
  let isWell = true;
  for (const [name, play] of [
    ['faults', playScenario],
    ['kill', playKilled],
    ...(evidence && action === 'lock' && records ? [['undo', playUndone] as const] : [])
  ] as const) {
    let problems: readonly string[];
    try {
      const played = await play(scenario);
      problems = played.problems;
      if (isVerbose) {
        const text = [JSON.stringify(scenario, null, 2), ...played.log, ''];
        process.stdout.write(`--- ${name} ---\n${text.join('\n')}`);
      }
    } catch (error) {
      problems = [String(error)];
    }
    for (const problem of new Set(problems)) console.log(`seed ${seed} (${action}, ${name}): ${problem}`);
    isWell &&= problems.length === 0;
  }
  return isWell;
}

async function main(): Promise<number> {
  let options: Options | 'help';
  try {
    options = parseOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  return options.processes ? killProcesses(options) : playSeeds(options);
}

async function killProcesses({ from, to }: Options): Promise<number> {
  const root = join(__dirname, '..', '..');
  const [built] = buildTasks({ root, only: 'lock_users' });
  if (built === undefined) throw new Error('The task was not built.');
  let [failed, killed, halfway] = [0, 0, 0];
  for (let seed = from; seed <= to; seed++) {
    const { wasKilled, wasHalfway, problems } = await killProcess(built.outFolder, seed);
    for (const problem of problems) console.log(`seed ${seed}: ${problem}`);
    if (problems.length > 0) failed++;
    if (wasKilled) killed++;
    if (wasKilled && wasHalfway) halfway++;
  }
  console.log(
    `${to - from + 1} seeds: ${killed} processes were killed, ${halfway} of them halfway. ` +
      (failed === 0 ? 'Each time the second run did the rest.' : `${failed} seeds show a problem.`)
  );
  return failed === 0 ? 0 : 1;
}

async function playSeeds(options: Options): Promise<number> {
  let failed = 0;
  for (let seed = options.from; seed <= options.to; seed++) {
    if (!(await playSeed(seed, options))) failed++;
  }
  const seeds = options.to - options.from + 1;
  console.log(
    failed === 0
      ? `${seeds} seeds: every run ended, every report was true, no other user was changed, no device was wiped, and no rule of the platform was broken.`
      : `${failed} of ${seeds} seeds show a problem. Look at one with: npm run chaos -- --seed N`
  );
  return failed === 0 ? 0 : 1;
}

process.once('SIGINT', () => {
  process.stderr.write('Stopped before the end.\n');
  process.exit(130);
});
void main().then((exitCode) => {
  process.exitCode = exitCode;
});

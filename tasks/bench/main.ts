import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildForBench } from './lock-users-run';
import { BATCH_MS, measureAlternatives, measureLockUsers, SCENARIOS } from './measure-pacing';
import type { PacingResult } from './measure-pacing';

const USAGE = `Usage: npm run bench -- pacing [options]

Measures how long it takes to lock everybody, beside the alternatives.

  --users LIST         numbers of users (default 10000,100000,1000000, which takes about half an hour)
  --concurrency LIST   batches in flight of lock_users (default 16)
  --alone              lock_users alone, without the alternatives

Prints a table in Markdown. All is measured against the local backend, with ${BATCH_MS / 1000} s for each batch.
`;

interface Options {
  readonly users: readonly number[];
  readonly concurrency: readonly number[];
  readonly alone: boolean;
}

function parseOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      users: { type: 'string', default: '10000,100000,1000000' },
      concurrency: { type: 'string', default: '16' },
      alone: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  });
  if (values.help) return 'help';
  if (positionals.length !== 1 || positionals[0] !== 'pacing')
    throw new Error('Name what to measure, which is "pacing".');
  const read = (name: string, text = ''): number[] => {
    if (!/^[1-9]\d{0,6}(,[1-9]\d{0,6})*$/.test(text)) throw new Error(`--${name} must be whole numbers with commas.`);
    return text.split(',').map(Number);
  };
  return {
    users: read('users', values.users),
    concurrency: read('concurrency', values.concurrency),
    alone: values.alone === true
  };
}

function formatRow(result: PacingResult): string {
  const { floorSeconds, requests, rateLimited } = result;
  const cells = [
    result.scenario,
    result.users.toLocaleString('en'),
    result.candidate,
    result.seconds.toFixed(1),
    result.lockingSeconds.toFixed(1),
    floorSeconds === undefined ? '' : floorSeconds.toFixed(1),
    floorSeconds === undefined ? '' : `${((result.seconds / floorSeconds - 1) * 100).toFixed(0)} %`,
    requests ?? '',
    requests === undefined || rateLimited === undefined ? '' : `${((rateLimited / requests) * 100).toFixed(1)} %`,
    result.lost.toLocaleString('en'),
    result.violations,
    result.peakMemoryMb ?? '',
    result.ending
  ];
  return `| ${cells.join(' | ')} |`;
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
  const [cpu] = cpus();
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB memory\n`
  );
  console.log(
    '| Bucket | Users | Client | Whole job, s | Locking, s | Floor, s | Over floor | Requests | 429 | Not locked | Violations | Peak MB | Ending |'
  );
  console.log(`|${' --- |'.repeat(13)}`);
  const taskFolder = buildForBench(join(__dirname, '..', '..'));
  for (const scenario of SCENARIOS) {
    for (const users of options.users) {
      for (const concurrency of options.concurrency) {
        console.log(formatRow(await measureLockUsers(taskFolder, scenario, users, concurrency)));
      }
    }
  }
  if (options.alone) return 0;
  const jobs = SCENARIOS.flatMap((scenario) => options.users.map((users) => measureAlternatives(scenario, users)));
  for (const results of await Promise.all(jobs)) for (const result of results) console.log(formatRow(result));
  return 0;
}

process.once('SIGINT', () => {
  process.stderr.write('Stopped before the end.\n');
  process.exit(130);
});
void main().then((exitCode) => {
  process.exitCode = exitCode;
});

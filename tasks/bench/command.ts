import { cpus, totalmem } from 'node:os';
import { defineCommand } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import { buildForBench } from './lock-users-run';
import { BATCH_MS, measureAlternatives, measureLockUsers, SCENARIOS } from './measure-pacing';
import type { PacingResult } from './measure-pacing';

const HEADINGS = [
  'Bucket',
  'Users',
  'Client',
  'Whole job, s',
  'Locking, s',
  'Floor, s',
  'Over floor',
  'Requests',
  '429',
  'Not locked',
  'Violations',
  'Peak MB',
  'Ending'
];

/** `npm run bench`. */
export const bench = defineCommand({
  name: 'npm run bench',
  operands: 'pacing',
  about: ['Measures how long it takes to lock everybody, beside the alternatives.'],
  options: {
    users: {
      type: 'string',
      value: 'LIST',
      about: 'Numbers of users. Default: 10000,100000,1000000, which takes about half an hour.'
    },
    concurrency: { type: 'string', value: 'LIST', about: 'Batches in flight of lock_users. Default: 16.' },
    alone: { type: 'boolean', about: 'lock_users alone, without the alternatives.' }
  },
  notes: [
    `Prints a table in Markdown. Everything is measured against the local backend, with ${BATCH_MS / 1000} s for each batch.`
  ],
  interrupted: 'Stopped before the end.',
  async run({ options, operands }, { root, stdout, signal }) {
    if (operands.length !== 1 || operands[0] !== 'pacing') {
      throw new UsageError('Name what to measure, which is "pacing".');
    }
    const userCounts = readList('users', options.users ?? '10000,100000,1000000');
    const concurrencies = readList('concurrency', options.concurrency ?? '16');
    const print = (line: string): void => stdout.write(`${line}\n`);
    const [cpu] = cpus();
    const memoryGb = Math.round(totalmem() / 2 ** 30);
    print(`Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${memoryGb} GB memory\n`);
    print(`| ${HEADINGS.join(' | ')} |\n|${' --- |'.repeat(HEADINGS.length)}`);
    const taskFolder = buildForBench(root);
    for (const scenario of SCENARIOS) {
      for (const users of userCounts) {
        for (const concurrency of concurrencies) {
          print(formatRow(await measureLockUsers({ taskFolder, scenario, users, concurrency, signal })));
        }
      }
    }
    if (options.alone) return 0;
    const jobs = SCENARIOS.flatMap((scenario) =>
      userCounts.map((users) => measureAlternatives({ scenario, users, signal }))
    );
    for (const results of await Promise.all(jobs)) for (const result of results) print(formatRow(result));
    return 0;
  }
});

function readList(name: string, text: string): readonly number[] {
  if (/^[1-9]\d{0,6}(,[1-9]\d{0,6})*$/.test(text)) return text.split(',').map(Number);
  throw new UsageError(`--${name} must be whole numbers with commas.`);
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

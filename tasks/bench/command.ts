import { cpus, totalmem } from 'node:os';
import { defineCommand } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import { buildForBench } from './lock-users-run';
import { BATCH_MS, measureAlternatives, measureLockUsers, SCENARIOS } from './measure-pacing';
import type { PacingResult } from './measure-pacing';
import { reportCpu } from './report-cpu';

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

const DEFAULT_USERS = { pacing: '10000,100000,1000000', cpu: '100000,1000000' } as const;

/** `npm run bench`. */
export const bench = defineCommand({
  name: 'npm run bench',
  operands: 'pacing | cpu',
  about: [
    'pacing: measures how long it takes to lock everybody, beside the alternatives.',
    'cpu: measures CPU time and memory, beside bare clients that make the same requests.'
  ],
  options: {
    users: {
      type: 'string',
      value: 'LIST',
      about: `Numbers of users. Default: ${DEFAULT_USERS.pacing}, which takes about half an hour; of cpu: ${DEFAULT_USERS.cpu}.`
    },
    concurrency: { type: 'string', value: 'LIST', about: 'pacing: batches in flight of lock_users. Default: 16.' },
    alone: { type: 'boolean', about: 'pacing: lock_users alone, without the alternatives.' },
    pairs: { type: 'string', value: 'N', about: 'cpu: how often each number of users is measured. Default: 3.' }
  },
  notes: [
    'Prints a table in Markdown. Everything is measured against the local backend.',
    `pacing: with ${BATCH_MS / 1000} s for each batch. cpu: without any wait.`
  ],
  interrupted: 'Stopped before the end.',
  async run({ options, operands: [subject, ...others] }, { root, stdout, signal }) {
    if ((subject !== 'pacing' && subject !== 'cpu') || others.length > 0) {
      throw new UsageError('Name what to measure: pacing or cpu.');
    }
    const userCounts = readList('users', options.users ?? DEFAULT_USERS[subject]);
    const print = (line: string): void => stdout.write(`${line}\n`);
    if (subject === 'cpu') {
      if (options.concurrency !== undefined || options.alone) {
        throw new UsageError('--concurrency and --alone are not options of "cpu".');
      }
      const pairs = readPairs(options.pairs ?? '3');
      print(`${describeMachine()}\n`);
      await reportCpu({ root, userCounts, pairs, print, signal });
      return 0;
    }
    if (options.pairs !== undefined) throw new UsageError('--pairs is not an option of "pacing".');
    const concurrencies = readList('concurrency', options.concurrency ?? '16');
    print(`${describeMachine()}\n`);
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

function describeMachine(): string {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, ${memoryGb} GB memory`;
}

function readPairs(text: string): number {
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new UsageError('--pairs must be a whole number from 1 to 99.');
}

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

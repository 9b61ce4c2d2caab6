import { buildKeepAliveClient } from './build-keep-alive-client';
import { buildForBench } from './lock-users-run';
import { measureCpuPair } from './measure-cpu';
import type { CpuPair, CpuUse } from './measure-cpu';

const HEADINGS = [
  'Users',
  'lock_users: CPU per user',
  'Peak memory',
  'Requests',
  'Bare client: CPU per user',
  'Peak memory',
  'Requests',
  'Ratio'
];

/** What to measure and where it goes. */
export interface CpuReport {
  /** The repository. */
  readonly root: string;
  readonly userCounts: readonly number[];
  /** How often each number of users is measured. */
  readonly pairs: number;
  print(line: string): void;
  readonly signal: AbortSignal;
}

/**
 * Measures the CPU time of lock_users beside that of the bare client, and prints a row for each pair and the median ratios.
 *
 * @throws Error as `measureCpuPair`
 */
export async function reportCpu({ root, userCounts, pairs, print, signal }: CpuReport): Promise<void> {
  print(`| ${HEADINGS.join(' | ')} |\n|${' --- |'.repeat(HEADINGS.length)}`);
  const [taskFolder, bareFolder] = [buildForBench(root), buildKeepAliveClient(root)];
  const medians: string[] = [];
  for (const users of userCounts) {
    const ratios: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      const measured = await measureCpuPair({ taskFolder, bareFolder, users, isTaskFirst: pair % 2 === 0, signal });
      ratios.push(readRatio(measured));
      print(formatPair(users, measured));
    }
    medians.push(`${users.toLocaleString('en')} users: ${findMedian(ratios).toFixed(2)} times the CPU of a bare client.`);
  }
  print(`\n${medians.join('\n')}`);
}

function readRatio({ lockUsers, bareClient }: CpuPair): number {
  return lockUsers.cpuMs / bareClient.cpuMs;
}

function formatPair(users: number, pair: CpuPair): string {
  const formatUse = ({ cpuMs, peakMemoryMb, requests }: CpuUse): string[] => [
    `${((cpuMs * 1000) / users).toFixed(1)} µs`,
    `${peakMemoryMb} MB`,
    `${requests}`
  ];
  const cells = [
    users.toLocaleString('en'),
    ...formatUse(pair.lockUsers),
    ...formatUse(pair.bareClient),
    readRatio(pair).toFixed(2)
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The one in the middle; of an even number of values, the higher of the two there. */
function findMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

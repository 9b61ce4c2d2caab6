import { buildKeepAliveClient } from './build-keep-alive-client';
import { buildForBench } from './lock-users-run';
import { compareCpu } from './measure-cpu';
import type { CpuComparison } from './measure-cpu';

const CLIENTS = [
  ['lockUsers', 'lock_users'],
  ['bareWithDb', 'bare client with `DB`'],
  ['bareJson', 'bare client, JSON alone']
] as const;

const HEADINGS = ['Users', 'Round', 'Client', 'CPU per user', 'Peak memory', 'Requests', 'lock_users takes'];

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
 * Measures the CPU time of lock_users beside that of the bare clients, and prints a row for each, with how many times its CPU lock_users takes;
 * and the medians of that.
 *
 * @throws Error as `compareCpu`
 */
export async function reportCpu({ root, userCounts, pairs, print, signal }: CpuReport): Promise<void> {
  print(`| ${HEADINGS.join(' | ')} |\n|${' --- |'.repeat(HEADINGS.length)}`);
  const [taskFolder, bareFolder] = [buildForBench(root), buildKeepAliveClient(root)];
  const medians: string[] = [];
  for (const users of userCounts) {
    const comparisons: CpuComparison[] = [];
    for (let round = 1; round <= pairs; round++) {
      const comparison = await compareCpu({ taskFolder, bareFolder, users, isTaskFirst: round % 2 === 1, signal });
      comparisons.push(comparison);
      for (const line of formatComparison(users, round, comparison)) print(line);
    }
    for (const [key, client] of CLIENTS.slice(1)) {
      const median = findMedian(comparisons.map((comparison) => divideCpu(comparison, key)));
      medians.push(`${users.toLocaleString('en')} users: ${median.toFixed(2)} times the CPU of the ${client}.`);
    }
  }
  print(`\n${medians.join('\n')}`);
}

function formatComparison(users: number, round: number, comparison: CpuComparison): string[] {
  return CLIENTS.map(([key, client]) => {
    const { cpuMs, peakMemoryMb, requests } = comparison[key];
    const cells = [
      users.toLocaleString('en'),
      round,
      client,
      `${((cpuMs * 1000) / users).toFixed(1)} µs`,
      `${peakMemoryMb} MB`,
      requests,
      key === 'lockUsers' ? '' : `${divideCpu(comparison, key).toFixed(2)} ×`
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

function divideCpu(comparison: CpuComparison, by: keyof CpuComparison): number {
  return comparison.lockUsers.cpuMs / comparison[by].cpuMs;
}

/** The one in the middle; of an even number of values, the higher of the two there. */
function findMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connect, readDeployment } from '../connect';
import { EXIT_CODES } from '../exit-codes';
import { formatTable } from '../format-table';
import type { Invocation, NextCommand, Outcome } from '../Invocation';
import { readTarget } from '../read-target';
import { chooseLast, findRun, readAllRuns } from '../run/find-run';
import { lookHere } from '../run/plan-here';
import { exitCodeOf, formatRun, readRecord, readReport, showRun } from '../run/RunEnd';
import type { RunEnd } from '../run/RunEnd';

/** Users that are named of those who are not known to be out. */
const MAX_NAMED = 20;

/** In the order in which they are shown. */
const STATES = ['signedOut', 'notSeenSince', 'unlocked', 'unknown'] as const;

const STATE_TEXTS = {
  signedOut: 'locked and signed out',
  notSeenSince: 'locked, and may still work offline',
  unlocked: 'unlocked',
  unknown: 'not known'
} as const;

/**
 * Shows how a run stands, or how it ended; the exit code is that of a run that has ended. Without a run it shows who is out, and the last
 * run; its exit code does not depend on that one.
 */
export async function run(invocation: Invocation): Promise<Outcome> {
  const connection = await connect(await readTarget(invocation), invocation);
  // The app database says less of a wrong token or address.
  await readDeployment(connection);
  const [runId] = invocation.operands;
  const nowMs = invocation.io.clock.nowMs();
  if (runId !== undefined) return describeRun(await findRun(connection, runId, nowMs));
  const { report } = await lookHere(connection, { action: 'status' });
  const { whoIsOut } = report;
  if (whoIsOut === undefined) {
    const end = readReport(report);
    return { exitCode: exitCodeOf(end), data: showRun(end), lines: formatRun(end), next: { command: 'doctor' } };
  }
  const runs = connection.records === undefined ? [] : await readAllRuns(connection);
  const lastRun = chooseLast(runs, nowMs);
  const last = lastRun && describeRun(lastRun);
  const mornings = runs.filter((record) => record !== lastRun).flatMap((record) => describeMorning(record, nowMs));
  return {
    // It says who is out, and not how the last run ended.
    exitCode: EXIT_CODES.allThere.code,
    data: { ...last?.data, whoIsOut },
    lines: [...formatWhoIsOut(whoIsOut), ...(last === undefined ? [] : ['', ...last.lines]), ...mornings],
    next: last?.next ?? { command: 'plan' }
  };
}

/** An earlier run whose users are still to be let back in by themselves. */
function describeMorning(record: RunRecord, nowMs: number): string[] {
  const { morning, runId } = readRecord(record);
  if (morning === undefined || (record.unlockAtMs ?? 0) < nowMs) return [];
  return [`The users of run ${runId} are let back in at ${morning.unlockAt}, by run ${morning.unlockRunId}.`];
}

function describeRun(record: RunRecord): Outcome {
  const end = readRecord(record);
  const isOver = hasEnded(record);
  return {
    exitCode: isOver ? exitCodeOf(end) : EXIT_CODES.allThere.code,
    data: showRun(end),
    lines: formatRun(end),
    next: chooseNext(isOver, end)
  };
}

function chooseNext(isOver: boolean, { action, runId, status }: RunEnd): NextCommand {
  if (!isOver) return { command: 'stop', operands: [runId] };
  if (action !== 'lock') return { command: 'status' };
  if (status === 'refused') return { command: 'doctor' };
  // A plan has changed nobody, so that there is nothing to undo. Whom it selected is not to be typed: an "apply" could mean everybody.
  return status === 'planned' ? { command: 'plan' } : { command: 'undo', operands: [runId] };
}

function formatWhoIsOut({ users, ...counts }: NonNullable<Report['whoIsOut']>): string[] {
  const rows = [
    ...STATES.map((state) => [STATE_TEXTS[state], String(counts[state])]),
    ['unlocked and in the app', String(counts.inApp)]
  ];
  const named = users
    .filter(({ state }) => state !== 'signedOut')
    .slice(0, MAX_NAMED)
    .map(({ userId, name = '', state, inApp = false, lastConnectedAt }) => [
      `  ${userId}`,
      name,
      `${STATE_TEXTS[state]}${inApp ? ', in the app' : ''}`,
      lastConnectedAt === null ? '' : `last seen ${lastConnectedAt}`
    ]);
  const unnamed = counts.notSeenSince + counts.unlocked + counts.unknown - named.length;
  return [
    ...formatTable(rows),
    ...(named.length > 0 ? ['Not known to be out:', ...formatTable(named)] : []),
    ...(unnamed > 0 ? [`  and ${unnamed} more`] : [])
  ];
}

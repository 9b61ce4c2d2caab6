import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connect } from '../connect';
import { EXIT_CODES } from '../exit-codes';
import type { Invocation, Outcome } from '../Invocation';
import { readTarget } from '../read-target';
import { findRun } from '../run/find-run';
import { exitCodeOf, formatRun, readRecord, showRun } from '../run/RunEnd';

/** Shows how a run stands, or how it ended; the exit code is that of a run that has ended. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const connection = await connect(await readTarget(invocation), invocation);
  const record = await findRun(connection, invocation.operands[0]);
  const end = readRecord(record);
  const isOver = hasEnded(record);
  return {
    exitCode: isOver ? exitCodeOf(end) : EXIT_CODES.allThere.code,
    data: showRun(end),
    text: formatRun(end),
    next: chooseNext(isOver, end.action, end.runId)
  };
}

function chooseNext(isOver: boolean, action: string, runId: string): string | undefined {
  if (!isOver) return `stop ${runId}`;
  return action === 'lock' ? `undo ${runId}` : undefined;
}

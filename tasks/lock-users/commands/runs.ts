import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connect, readDeployment } from '../connect';
import { EXIT_CODES } from '../exit-codes';
import { formatTable } from '../format-table';
import type { Invocation, Outcome } from '../Invocation';
import { readTarget } from '../read-target';
import { readAllRuns } from '../run/find-run';
import { readRecord } from '../run/RunEnd';

/** Runs that are listed. */
const LISTED = 20;

/** Lists the last runs, the newest first. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const connection = await connect(await readTarget(invocation), invocation);
  // The app database says less of a wrong token or address.
  await readDeployment(connection);
  const records = (await readAllRuns(connection)).slice(0, LISTED);
  const runs = records.map((record) => {
    const { runId, action, status, counts } = readRecord(record);
    const startedAt = record.startedAtMs === null ? null : new Date(record.startedAtMs).toISOString();
    const done = (counts['locked'] ?? 0) + (counts['unlocked'] ?? 0) + (counts['reauthenticated'] ?? 0);
    return { runId, action, status, startedAt, planned: counts['planned'] ?? 0, done, requestedBy: record.requestedBy };
  });
  const rows = runs.map(({ runId, action, status, startedAt, planned, done, requestedBy }) => [
    runId,
    startedAt ?? '-',
    action,
    status,
    `${done}/${planned}`,
    requestedBy ?? '-'
  ]);
  const open = records.find((record) => !hasEnded(record));
  return {
    exitCode: EXIT_CODES.allThere.code,
    data: { runs },
    text: formatTable([['RUN', 'STARTED', 'ACTION', 'STATUS', 'DONE', 'REQUESTED BY'], ...rows]),
    next: runs.length === 0 ? 'plan' : `status ${open?.runId ?? runs[0]?.runId ?? ''}`
  };
}

import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { connect, readDeployment } from '../connect';
import { EXIT_CODES } from '../exit-codes';
import { formatTable } from '../format-table';
import type { Invocation, Outcome } from '../Invocation';
import { parseCount } from '../parse-count';
import { readTarget } from '../read-target';
import { chooseUnended, nameRun, readAllRuns } from '../run/find-run';
import { readRecord } from '../run/RunEnd';

/** Runs that are listed unless `--limit` says otherwise. */
const LISTED = 20;

/** Lists the last runs, the newest first. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation;
  const limit = options.limit === undefined ? LISTED : parseCount('--limit', options.limit);
  const connection = await connect(await readTarget(invocation), invocation);
  // The app database says less of a wrong token or address.
  await readDeployment(connection);
  const all = await readAllRuns(connection);
  const listed = all.slice(0, limit);
  const runs = listed.map((record) => {
    const { runId, action, status, counts, morning } = readRecord(record);
    const startedAt = record.startedAtMs === null ? null : new Date(record.startedAtMs).toISOString();
    const done = (counts['locked'] ?? 0) + (counts['unlocked'] ?? 0) + (counts['reauthenticated'] ?? 0);
    // The task writes it down when it ends.
    const planned = hasEnded(record) || (counts['planned'] ?? 0) > 0 ? (counts['planned'] ?? 0) : null;
    const unlockAt = morning?.unlockAt ?? null;
    return { runId, action, status, startedAt, planned, done, unlockAt, requestedBy: record.requestedBy };
  });
  const rows = runs.map(({ runId, action, status, startedAt, planned, done, unlockAt, requestedBy }) => [
    runId,
    startedAt ?? '-',
    action,
    status,
    planned === null ? String(done) : `${done}/${planned}`,
    unlockAt ?? '-',
    requestedBy ?? '-'
  ]);
  const next =
    chooseUnended(
      all.filter((record) => record.startedAtMs !== null),
      io.clock.nowMs()
    ) ?? listed[0];
  const unlisted = all.length - listed.length;
  return {
    exitCode: EXIT_CODES.allThere.code,
    data: { runs, unlisted },
    lines: [
      ...formatTable([['RUN', 'STARTED', 'ACTION', 'STATUS', 'DONE', 'BACK IN AT', 'REQUESTED BY'], ...rows]),
      ...(unlisted > 0
        ? [
            `and ${unlisted} more: ${invocation.formatNext({ command: 'runs', options: { limit: String(all.length) } }) ?? ''}`
          ]
        : [])
    ],
    next: next === undefined ? { command: 'plan' } : { command: 'status', operands: [nameRun(next)] }
  };
}

import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { SettingsError } from '../../shared/command-errors';
import { connect, readDeployment, refuseOtherEnvironment } from '../connect';
import type { Connection } from '../connect';
import { EXIT_CODES } from '../exit-codes';
import type { Invocation, Outcome } from '../Invocation';
import { readTarget } from '../read-target';
import { chooseUnended, findRun, readAllRuns } from '../run/find-run';
import { requestStop } from '../run/request-stop';
import { readRecord } from '../run/RunEnd';

/** Asks a run to stop. It does so by itself, and says in its record what is left. "last" is the one that is under way. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const target = await readTarget(invocation);
  const connection = await connect(target, invocation);
  refuseOtherEnvironment(target, await readDeployment(connection));
  const record = await findUnended(connection, invocation);
  const exitCode = EXIT_CODES.allThere.code;
  if (record === undefined) {
    return {
      exitCode,
      data: {},
      lines: ['No run is under way, so there was nothing to stop.'],
      next: { command: 'runs' }
    };
  }
  const { runId, status } = readRecord(record);
  const data = { runId, status };
  const next = { command: 'status', operands: [runId] };
  if (hasEnded(record)) {
    return {
      exitCode,
      data,
      lines: [`Run ${runId} has ended already (${status}), so there was nothing to stop.`],
      next
    };
  }
  if (!(await requestStop(connection, { objectId: record.id }))) {
    throw new SettingsError(
      'The app\'s model lock_run has no field stop_requested, so a run cannot be asked to stop. Run "lock-users install" on the app\'s repository and deploy the app.'
    );
  }
  return { exitCode, data, lines: [`Run ${runId} was asked to stop.`], next };
}

async function findUnended(connection: Connection, { operands, io }: Invocation): Promise<RunRecord | undefined> {
  const [runId = ''] = operands;
  return runId === 'last'
    ? chooseUnended(await readAllRuns(connection), io.clock.nowMs())
    : findRun(connection, runId, io.clock.nowMs());
}

import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { DeploymentInfo } from '../../../cloudcode/lock_users/src/ports';
import { findOtherEnvironment, readDeployment, REQUEST_TIMEOUT_MS } from '../connect';
import type { Connection } from '../connect';
import { bad, ok, unknown } from './Finding';
import type { Finding } from './Finding';

/** Milliseconds by which the clocks may differ. A lease of a run has room for five minutes, and times in records are read by people. */
const MAX_CLOCK_DIFFERENCE_MS = 30_000;

/** Address, token, environment, clock, users API. The rest cannot be looked at where `isReached` is false. */
export async function checkDeployment(
  connection: Connection,
  nowMs: () => number
): Promise<{ readonly findings: Finding[]; readonly isReached: boolean }> {
  const { target, backend } = connection;
  const { backendUrl } = target.access;
  let info: DeploymentInfo;
  try {
    info = await readDeployment(connection);
  } catch (error) {
    if (!(error instanceof LockUsersError)) throw error;
    const { code, message, nextStep } = error.details;
    const findings =
      code === 'BACKEND_UNAUTHORIZED'
        ? [ok('address', `${backendUrl} answers.`), bad('token', message, nextStep)]
        : [bad('address', message, nextStep)];
    return { findings, isReached: false };
  }
  const findings = [
    ok('address', `${backendUrl} is "${info.label ?? 'a deployment without a label'}".`),
    ok('token', 'It is accepted.'),
    checkEnvironment(connection, info),
    checkClock(info.serverTimeMs, nowMs())
  ];
  try {
    await backend.readUserStates(1, 0, REQUEST_TIMEOUT_MS);
    findings.push(ok('users API', 'It answers.'));
  } catch (error) {
    if (!(error instanceof LockUsersError)) throw error;
    findings.push(bad('users API', error.details.message, error.details.nextStep));
  }
  return { findings, isReached: true };
}

function checkEnvironment({ target }: Connection, info: DeploymentInfo): Finding {
  const other = findOtherEnvironment(target, info);
  return other === undefined
    ? ok(
        'environment',
        `It is "${info.environment ?? ''}"${target.environment === undefined ? '' : ', as the settings say'}.`
      )
    : bad('environment', other, 'Commands that change users are refused until it matches.');
}

function checkClock(serverTimeMs: number | null, nowMs: number): Finding {
  if (serverTimeMs === null)
    return unknown('clock', 'The backend does not say its time.', 'Compare the clocks by hand.');
  const seconds = Math.round((serverTimeMs - nowMs) / 1000);
  if (Math.abs(seconds) * 1000 <= MAX_CLOCK_DIFFERENCE_MS) return ok('clock', `It differs by ${Math.abs(seconds)} s.`);
  return bad(
    'clock',
    `This machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'behind' : 'ahead of'} the backend.`,
    'Have it set its clock by the network (NTP).'
  );
}

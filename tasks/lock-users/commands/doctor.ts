import { connect } from '../connect';
import { checkProtection, checkRecordModels, checkUserModel } from '../doctor/check-data';
import { checkDeployment } from '../doctor/check-deployment';
import { checkRuns } from '../doctor/check-runs';
import { bad, ok } from '../doctor/Finding';
import type { Finding } from '../doctor/Finding';
import { EXIT_CODES } from '../exit-codes';
import type { Connection } from '../connect';
import type { Invocation, Outcome } from '../Invocation';
import type { Line } from '../print-lines';
import { readTarget } from '../read-target';

const MARKS = { ok: '✓', bad: '✗', unknown: '?' } as const;
const COLOURS = { ok: 32, bad: 31, unknown: 33 } as const;

/** Looks for everything that may be wrong with a deployment. It only reads. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { io } = invocation;
  const connection = await connect(await readTarget(invocation), invocation);
  const { findings, isReached } = await checkDeployment(connection, () => io.clock.nowMs());
  if (isReached) findings.push(...(await checkInside(connection, io.clock.nowMs())));
  const isBad = findings.filter(({ state }) => state === 'bad');
  return {
    exitCode: chooseCode(isBad),
    data: { findings },
    lines: findings.flatMap((finding) => format(finding, canColour(invocation))),
    next: { command: isBad.length === 0 ? 'plan' : 'doctor' }
  };
}

async function checkInside(connection: Connection, nowMs: number): Promise<Finding[]> {
  const { records, settings } = connection;
  const findings = [
    await checkUserModel(connection),
    ...(await checkRecordModels(connection)),
    await checkProtection(connection),
    ...(records === undefined ? [] : await checkRuns(connection, nowMs))
  ];
  const { rate, burst } = settings.pace;
  const rateLimited = connection.countThrottled();
  return [
    ...findings,
    rateLimited === 0
      ? ok('limits', `Paced at ${rate} requests/s and a burst of ${burst}; no request of this check was throttled.`)
      : bad(
          'limits',
          `${rateLimited} requests of this check were throttled: others use up the deployment's limit.`,
          'Lower LOCK_USERS_RATE and LOCK_USERS_BURST, or run when less is going on.'
        )
  ];
}

function chooseCode(isBad: readonly Finding[]): number {
  if (isBad.length === 0) return EXIT_CODES.allThere.code;
  return isBad.some(({ check }) => check === 'token') ? EXIT_CODES.unauthorized.code : EXIT_CODES.someNot.code;
}

function canColour({ io }: Invocation): boolean {
  const { NO_COLOR = '', TERM } = io.environment;
  return io.isTerminal.stdout && NO_COLOR === '' && TERM !== 'dumb';
}

function format({ check, state, what, mend }: Finding, isColoured: boolean): Line[] {
  const [mark, text] = [MARKS[state], `${check}: ${what}`];
  const line = isColoured ? { mark, colour: COLOURS[state], text } : `${mark} ${text}`;
  return mend === undefined ? [line] : [line, `    ${mend}`];
}

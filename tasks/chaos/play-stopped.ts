import { CLOSING_TIMEOUT_MS } from '../../cloudcode/lock_users/src/records/save-run';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { ChaosPlatform } from './ChaosPlatform';
import { checkSums } from './check-evidence';
import { checkOutput } from './check-output';
import { Oracle } from './Oracle';
import { leaseIsOverMs } from './play-scenario';
import type { Played } from './play-scenario';
import { prepareExpectation } from './prepare-expectation';
import { seededRandom } from './random';
import { findRecordedRun } from './recorded-runs';
import type { Scenario } from './Scenario';
import { undoRun } from './undo-run';

/** Milliseconds after which nothing may leave any more that changes somebody. */
const STOPS_WITHIN_MS = 10_000;

/** How often somebody looks whether there is a record in which to ask for the stop. */
const POLL_MS = 100;

/** Statuses in which a record shows that its run can be stopped. */
const STOPPABLE: readonly unknown[] = ['running', 'continues'];

const RUN_ID = 'stop-me';

/** What a seed draws: whether the run is asked to stop before it begins, and else so long after that. */
interface Stop {
  readonly isBefore: boolean;
  readonly afterMs: number;
}

function drawStop({ seed, latencyMs, budgetMs }: Scenario): Stop {
  const random = seededRandom(seed + 6_000_000_011);
  const isBefore = random() < 0.1;
  const spans = [latencyMs * 60, 20_000, 60_000, budgetMs * 2];
  return { isBefore, afterMs: random() * (spans[Math.floor(random() * spans.length)] ?? 0) };
}

/**
 * Plays a scenario whose run somebody asks to stop at some moment, by its record. Nothing that changes somebody may leave more than
 * 10 s later; the run is stopped, unless it had ended; its report and its record are true; and an undo of a lock lets in exactly those
 * whom it has locked.
 */
export async function playStopped(drawn: Scenario): Promise<Played> {
  const scenario: Scenario = { ...drawn, records: true };
  const platform = new ChaosPlatform(scenario);
  const { userIds, clock } = platform;
  const expectation = await prepareExpectation(platform, scenario);
  const oracle = new Oracle(platform, scenario, expectation);
  const before = new Set(userIds.filter((id) => platform.user(id).locked));
  const { isBefore, afterMs } = drawStop(scenario);
  let stoppedAtMs = Infinity;
  let wasAsked = isBefore;
  let isOver = false;

  const takenBack: string[] = [];
  async function askToStop(): Promise<void> {
    for (await clock.sleep(afterMs); !isOver; await clock.sleep(POLL_MS)) {
      const { state } = platform.emulator;
      const run = [...state.store('lock_run').all()].find(({ values }) => values.get('run_id') === RUN_ID);
      if (run === undefined || run.values.get('stop_requested') === true) continue;
      if (stoppedAtMs < Infinity) {
        // Only a save that its process has given up long ago may come in between. It is asked again where the record allows it.
        if (!mayComeLate(scenario)) takenBack.push('The request to stop was taken back.');
        stoppedAtMs = Infinity;
      }
      if (!STOPPABLE.includes(run.values.get('status'))) continue;
      state.change('lock_run', run.id, { stop_requested: true });
      stoppedAtMs = clock.nowMs();
      wasAsked = true;
    }
  }

  if (isBefore) {
    platform.emulator.state.create('lock_run', { run_id: RUN_ID, stop_requested: true });
    stoppedAtMs = clock.nowMs();
  } else void askToStop();
  const sentBefore = platform.triggered.length;
  platform.startFaults();
  const { meanwhile } = expectation;
  const parameters = { ...expectation.parameters, runId: RUN_ID };
  const reports = await platform.trigger(parameters, meanwhile && { meanwhile });
  isOver = true;
  platform.stopFaults();
  oracle.checkReports(reports);

  const processes = platform.triggered.slice(sentBefore);
  const sentAtMs = processes.flatMap(({ changesAtMs }) => changesAtMs);
  const tooLate = sentAtMs.filter((atMs) => atMs > stoppedAtMs + STOPS_WITHIN_MS);
  const problems = [
    ...takenBack,
    ...(tooLate.length === 0
      ? []
      : [`${tooLate.length} requests left that change somebody, up to ${Math.max(...tooLate) - stoppedAtMs} ms late.`]),
    ...reports.flatMap((report) => checkSums({ last: report })),
    ...(reports.at(-1)?.status === 'stopped' && !wasAsked ? ['The run is stopped, and nobody has asked for it.'] : []),
    ...checkStatus(platform, reports, (processes.at(-1)?.askedAtMs ?? 0) - stoppedAtMs)
  ];
  // A clock that is ahead writes a lease that ends so much later.
  await platform.wait(leaseIsOverMs(scenario));
  const undone = expectation.action === 'lock' ? await undoRun(platform, scenario, before, RUN_ID) : undefined;
  const all = [...reports, ...(undone?.reports ?? [])];
  return {
    reports: all,
    problems: [...oracle.problems, ...problems, ...(undone?.problems ?? []), ...checkOutput(platform.log, all)],
    log: platform.log
  };
}

/** Whether a request may be carried out after its process has given it up: it is late itself, or the platform's client repeats it. */
function mayComeLate({ faults, time }: Scenario): boolean {
  if (time !== undefined && time.saves.share > 0 && time.saves.delayMs >= CLOSING_TIMEOUT_MS) return true;
  return faults.some((fault) => fault.kind === 'delay' && fault.ms >= CLOSING_TIMEOUT_MS);
}

/**
 * Whether a run that was asked to stop says so, in its last report and in its record.
 *
 * @param sinceMs how long after the stop its last request left
 */
function checkStatus(platform: ChaosPlatform, reports: readonly Report[], sinceMs: number): string[] {
  const last = reports.at(-1);
  const first = reports.findIndex(({ status }) => status === 'stopped');
  if (first !== -1 && first < reports.length - 1) return ['An invocation followed one that was stopped.'];
  const isStopped = last?.status === 'stopped';
  // What ends for another reason has ended.
  if (last?.status === 'done' && sinceMs > STOPS_WITHIN_MS) {
    return [`The run was asked to stop ${sinceMs} ms before it asked the platform for the last time, and ended done.`];
  }
  const recorded = findRecordedRun(platform.emulator, RUN_ID)?.get('status');
  const isClosed =
    recorded === last?.status ||
    ['starting', 'running', 'continues', 'requested', undefined].includes(recorded as string);
  return isStopped && !isClosed && !platform.isRecordIncomplete
    ? [`The run is stopped, and its record says ${String(recorded)}.`]
    : [];
}

import { listRecordedStatuses } from './recorded-runs';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import { handleWebhook } from '../../cloudcode/lock_users/src/triggers/handle-webhook';
import { ChaosPlatform } from './ChaosPlatform';
import type { Launch } from './ChaosPlatform';
import type { Process } from './connect-process';
import { checkSums } from './check-evidence';
import { checkOutput } from './check-output';
import { drawCrowd } from './draw-crowd';
import type { CrowdRun } from './draw-crowd';
import { LEASE_IS_OVER_MS } from './play-scenario';
import type { Played } from './play-scenario';
import type { Scenario } from './Scenario';

/** What one process of a crowd did. */
interface CrowdProcess extends Process {
  readonly runId: string | undefined;
  report?: Report;
}

/**
 * Plays two or three runs at once, some of them delivered more than once, some of their processes killed. Their record has to keep
 * them apart: no two of them change anybody at the same time, each object and each order is carried out once, every report adds up,
 * and in the end everybody who is to be locked is.
 *
 * @param drawn a scenario without trouble about time: clocks that differ by hours keep nobody apart
 */
export async function playCrowd(drawn: Scenario): Promise<Played> {
  // A killed process cannot remember for how long the platform asked it to wait, and one knows nothing of another's waits.
  const faults = drawn.faults.filter((fault) => !(fault.kind === 'status' && fault.status === 429));
  const limits = { rate: 20, burst: 50_000 };
  const switches = { ...drawn.switches, usersApi: 'there' } as const;
  const scenario: Scenario = { ...drawn, records: true, faults, limits, switches };
  const platform = new ChaosPlatform(scenario);
  const crowd = new Crowd(platform);
  platform.startFaults();
  await platform.clock.run(crowd.play(drawCrowd(scenario)));
  platform.stopFaults();
  await platform.wait(LEASE_IS_OVER_MS);
  const [last] = (await platform.trigger({})).slice(-1);

  const reports = crowd.processes.flatMap(({ report }) => report ?? []);
  const problems = [
    ...crowd.findOverlaps(),
    ...crowd.findRepeated(),
    ...reports.flatMap((report) => checkSums({ last: report })),
    ...reports.flatMap(({ stopReason }) => (stopReason?.code === 'INVARIANT' ? [stopReason.message] : [])),
    ...checkEnd(platform, last),
    ...checkOutput(platform.log, reports)
  ];
  return { reports, problems, log: platform.log };
}

class Crowd {
  readonly processes: CrowdProcess[] = [];
  private underWay = new Set<Promise<unknown>>();
  /** Orders on one queue are carried out one after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly platform: ChaosPlatform) {}

  /** Starts the runs, and resolves when everything that they have started has ended. */
  async play(runs: readonly CrowdRun[]): Promise<void> {
    runs.forEach((run, index) => {
      const runId = run.start === 'webhook' ? this.platform.requestRun({ action: run.action }) : `crowd-${index}`;
      run.atMs.forEach((atMs, delivery) => this.begin(this.deliver(run, runId, atMs, run.killAfterMs[delivery])));
    });
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** Requests that change somebody while another process that is alive does so, too. */
  findOverlaps(): string[] {
    const spans = this.processes.flatMap(({ changesAtMs, runId }) => {
      const [first, last] = [changesAtMs[0], changesAtMs.at(-1)];
      return first === undefined || last === undefined ? [] : [{ first, last, runId }];
    });
    spans.sort((one, other) => one.first - other.first);
    return spans.flatMap((span, index) => {
      const previous = spans[index - 1];
      const isApart = previous === undefined || span.first >= previous.last;
      return isApart ? [] : [`Runs ${previous.runId} and ${span.runId} changed users at the same time.`];
    });
  }

  /** Runs that were carried out by two processes, although none was killed. */
  findRepeated(): string[] {
    // Nothing shows that a run has ended whose record could not be closed.
    if (this.platform.isRecordIncomplete) return [];
    const ended = this.processes.filter(
      ({ report, changesAtMs }) => report?.invocation === 1 && changesAtMs.length > 0 && report.status !== 'continues'
    );
    const ids = ended.map(({ runId }) => runId);
    return ids.flatMap((id, index) =>
      id !== undefined && ids.indexOf(id) < index ? [`Run ${id} was carried out twice.`] : []
    );
  }

  private begin(work: Promise<unknown>): void {
    const ended = work.finally(() => this.underWay.delete(ended));
    this.underWay.add(ended);
  }

  private async deliver(run: CrowdRun, runId: string, atMs: number, killAfterMs = Infinity): Promise<void> {
    const { clock } = this.platform;
    await clock.sleep(atMs);
    const { action, start } = run;
    if (start === 'queue') return this.order({ action, runId }, 0);
    await this.start(killAfterMs, start === 'test' ? undefined : runId, (settings, ports) =>
      start === 'webhook'
        ? handleWebhook(settings, runId, ports)
        : runInvocation(createContext(settings, parseParameters({ action }), ports))
    );
  }

  private order(parameters: object, afterMs: number): void {
    const { clock } = this.platform;
    const { runId } = parameters as { readonly runId?: string };
    const due = clock.sleep(afterMs);
    this.queue = Promise.all([this.queue, due]).then(() =>
      this.start(Infinity, runId, (settings, ports) =>
        runInvocation(createContext(settings, parseParameters(parameters), ports))
      )
    );
    this.begin(this.queue);
  }

  private async start(killAfterMs: number, runId: string | undefined, run: Launch['run']): Promise<void> {
    const { platform } = this;
    const process: CrowdProcess = { isAlive: true, exchanges: [], changesAtMs: [], runId };
    this.processes.push(process);
    const schedule = (parameters: object, afterMs: number): void =>
      this.order(JSON.parse(JSON.stringify(parameters)) as object, afterMs);
    const launched = platform.launch(process, { run, schedule }).then((report) => (process.report = report));
    await (killAfterMs === Infinity ? launched : Promise.race([launched, platform.clock.sleep(killAfterMs)]));
    platform.kill(process);
  }
}

/** Whether the last run, which nothing disturbed, has done all that was left, and closed every record. */
function checkEnd(platform: ChaosPlatform, last: Report | undefined): string[] {
  const { userIds, protectedIds } = platform;
  const isProtected = new Set(protectedIds);
  const left = userIds.filter((id) => platform.isThere(id) && !isProtected.has(id) && !platform.user(id).locked);
  const open = listRecordedStatuses(platform.emulator).filter(
    (status) => status === 'starting' || status === 'running'
  );
  return [
    ...(last?.status === 'done' ? [] : [`The last run ended ${last?.status}.`]),
    ...(left.length === 0 ? [] : [`${left.length} users are not locked in the end.`]),
    ...(open.length === 0 ? [] : [`${open.length} records say that their runs are under way still.`]),
    ...(platform.emulator.summarize().sessions.RESET === 0 ? [] : ['Devices were wiped.'])
  ];
}

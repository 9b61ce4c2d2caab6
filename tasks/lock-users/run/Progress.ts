import { escapeText } from '../../../cloudcode/lock_users/src/outside-text';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { Invocation } from '../Invocation';

/** Milliseconds between two lines where stderr is no terminal. */
const LINE_INTERVAL_MS = 5000;

/** Tells how far a run is: one line that changes on a terminal, else a line every few seconds. Nothing with `--quiet`. */
export class Progress {
  private readonly startedAtMs: number;
  private lastLineAtMs: number;
  private shown = '';
  private note = '';

  /** @param total users that are to be changed; undefined: not known */
  constructor(
    private readonly invocation: Invocation,
    private readonly total: number | undefined
  ) {
    this.startedAtMs = invocation.io.clock.monotonicMs();
    this.lastLineAtMs = this.startedAtMs;
  }

  /** Takes a line of the task's log; what it waits for is shown. */
  takeLog(line: string): void {
    if (line.startsWith('The rate limit')) this.note = ', waiting for the limit';
    else if (line.startsWith('Batch')) this.note = '';
  }

  /** Shows how far the run is. */
  update(run: RunRecord): void {
    const { io, options } = this.invocation;
    if (options.quiet === true) return;
    const text = escapeText(this.describe(run, io.clock.monotonicMs()));
    if (this.isLive) {
      io.stderr.write(`\r${text.padEnd(this.shown.length)}`);
      this.shown = text;
      return;
    }
    if (io.clock.monotonicMs() - this.lastLineAtMs < LINE_INTERVAL_MS) return;
    this.lastLineAtMs = io.clock.monotonicMs();
    io.stderr.write(`${text}\n`);
  }

  /** Takes the live line away. */
  end(): void {
    if (this.shown !== '') this.invocation.io.stderr.write(`\r${' '.repeat(this.shown.length)}\r`);
    this.shown = '';
  }

  private get isLive(): boolean {
    const { io } = this.invocation;
    return io.isTerminal.stderr && io.environment['TERM'] !== 'dumb';
  }

  private describe(run: RunRecord, nowMs: number): string {
    const { total } = this;
    const counts = [run.locked, run.unlocked, run.reauthenticated];
    if (counts.every((count) => count === null || count === undefined)) {
      return `${run.status ?? ''}: ${total === undefined ? '' : `${total} users, `}the first counts take some seconds${this.note}`;
    }
    const done = (run.locked ?? 0) + (run.unlocked ?? 0) + (run.reauthenticated ?? 0);
    const failed = run.failed ?? 0;
    const rate = done / Math.max(1, (nowMs - this.startedAtMs) / 1000);
    const left = total === undefined || rate === 0 ? '' : `, ${Math.ceil(Math.max(0, total - done) / rate)} s left`;
    return `${run.status ?? ''}: ${done}${total === undefined ? '' : `/${total}`} users, ${failed} failed, ${rate.toFixed(0)}/s${left}${this.note}`;
  }
}

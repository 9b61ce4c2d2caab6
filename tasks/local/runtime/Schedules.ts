import { Cron } from 'croner';
import type { Schedule } from '../../shared/settings/Settings';
import type { QueueClock } from './TaskQueue';

/** What fires schedules. */
export interface SchedulesOptions {
  readonly schedules: readonly Schedule[];
  readonly clock: QueueClock;
  /** Called when a schedule is due; `dueMs` is the time that it was due. */
  readonly onDue: (schedule: Schedule, dueMs: number) => void;
  /** Aborting it ends them. */
  readonly signal: AbortSignal;
}

/**
 * The next times of a schedule after a time, in milliseconds since 1970. A time that falls into the gap when clocks go
 * forward comes at the gap's end, and one that comes twice when they go back comes the first time only.
 *
 * @throws Error where the cron text has no five fields, is wrong or never comes true, or the time zone is unknown
 */
export function nextTimes({ cron, timezone }: Schedule, afterMs: number, count: number): number[] {
  const times = new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRuns(count, new Date(afterMs));
  if (times.length === 0) throw new Error('it never comes true');
  return times.map((time) => time.getTime());
}

/** Fires schedules by the clock. Times that passed while the machine slept are made up for once. */
export class Schedules {
  constructor(private readonly options: SchedulesOptions) {}

  /** Starts them; resolves when they are ended. */
  async start(): Promise<void> {
    await Promise.all(this.options.schedules.map((schedule) => this.fire(schedule)));
  }

  private async fire(schedule: Schedule): Promise<void> {
    const { clock, signal, onDue } = this.options;
    for (;;) {
      const [dueMs] = nextTimes(schedule, clock.nowMs(), 1);
      if (dueMs === undefined) return;
      // A timer may end early: it is not exact, and it does not go beyond 24 days.
      while (!signal.aborted && clock.nowMs() < dueMs) await clock.sleep(dueMs - clock.nowMs(), signal);
      if (signal.aborted) return;
      onDue(schedule, dueMs);
    }
  }
}

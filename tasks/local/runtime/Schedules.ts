import { Cron } from 'croner';
import type { Schedule } from '../../shared/settings/Settings';
import { MAX_STEP_MS } from './QueueClock';
import type { QueueClock } from './QueueClock';

/** A clock that was set back by more than this, in milliseconds, was wrong before: its times come again. */
const DAY_MS = 24 * 60 * 60 * 1000;

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

/**
 * Fires schedules by the clock. Times that passed while the machine slept, or when its clock was set forward, are made up for
 * once, within a minute; those that come again because it was set back by less than a day are not fired again.
 */
export class Schedules {
  constructor(private readonly options: SchedulesOptions) {}

  /** Starts them; resolves when they are ended. */
  async start(): Promise<void> {
    await Promise.all(this.options.schedules.map((schedule) => this.fire(schedule)));
  }

  private async fire(schedule: Schedule): Promise<void> {
    const { clock, signal, onDue } = this.options;
    /** Times up to this one are dealt with. */
    let afterMs = clock.nowMs();
    // Kept while it stands, because finding it takes far longer than a look at the clock.
    let [dueMs] = nextTimes(schedule, afterMs, 1);
    while (!signal.aborted && dueMs !== undefined) {
      const nowMs = clock.nowMs();
      const isPutRight = nowMs < afterMs - DAY_MS;
      if (!isPutRight && nowMs < dueMs) {
        await clock.sleep(Math.min(dueMs - nowMs, MAX_STEP_MS), signal);
        continue;
      }
      if (!isPutRight) onDue(schedule, dueMs);
      afterMs = nowMs;
      [dueMs] = nextTimes(schedule, afterMs, 1);
    }
  }
}

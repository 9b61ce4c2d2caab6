import { Headers } from 'node-fetch';
import type { Fetch } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { Clock } from '../../cloudcode/lock_users/src/ports';
import type { TimeFaults } from './TimeFaults';

const SECOND_MS = 1000;

/** Milliseconds that the queue takes for an order where it is slow. */
export const SLOW_ORDER_MS = 2000;

/** Nobody asks to wait for longer. */
const DAY_MS = 86_400_000;

/** Line breaks, a terminal code, a bidirectional override, a line separator, and a zero. */
const HOSTILE = 'Depot\n{"status":"done"}\r\u001b[2J\u202etesting\u2028\u0000';

/** What a clock of a process says whose wall clock is set during its life. */
export function jumpingClock(clock: Clock, jump: TimeFaults['jump'] | undefined): Clock {
  const { afterMs, byMs } = jump ?? { afterMs: 0, byMs: 0 };
  const beganAtMs = clock.monotonicMs();
  return {
    nowMs: () => clock.nowMs() + (clock.monotonicMs() - beganAtMs >= afterMs ? byMs : 0),
    monotonicMs: () => clock.monotonicMs(),
    sleep: (waitMs, signal) => clock.sleep(waitMs, signal)
  };
}

/** Tells `asked` how many milliseconds answers ask to wait, where they say it in a way that counts. */
export function watchWaits(reach: Fetch, asked: (waitMs: number) => void): Fetch {
  return async (url, init) => {
    const answer = await reach(url, init);
    const said = answer.headers.get('retry-after') ?? '';
    const untilMs = Date.parse(said) - Date.parse(answer.headers.get('date') ?? '');
    const waitMs = /^[\d.]+$/.test(said) ? Math.ceil(Number(said) * SECOND_MS) : untilMs;
    if (waitMs <= DAY_MS) asked(waitMs);
    return answer;
  };
}

/** Answers that say something about time, or something that does harm in a log. */
export function disturbAnswers(reach: Fetch, time: TimeFaults | undefined, clock: Clock, random: () => number): Fetch {
  if (time === undefined) return reach;
  const { retryAfter, hostileTexts } = time;
  return async (url, init) => {
    const answer = await reach(url, init);
    const text = await answer.text();
    const headers = new Headers(answer.headers);
    const said = retryAfter[Math.floor(random() * retryAfter.length * 2)];
    // A 429 says what the emulator holds its clients to.
    if (answer.status >= 400 && answer.status !== 429 && said !== undefined && !headers.has('retry-after')) {
      const untilMs = clock.nowMs() + 30 * SECOND_MS;
      const value =
        { date: new Date(untilMs).toUTCString(), epoch: String(Math.floor(untilMs / SECOND_MS)) }[said] ?? said;
      headers.set('Retry-After', value);
      headers.set('Date', new Date(clock.nowMs()).toUTCString());
    }
    const hostile = hostileTexts
      ? text.replace(/"(label|detail)":"[^"]*"/, (_all, name) => `"${name}":${JSON.stringify(HOSTILE)}`)
      : text;
    return { status: answer.status, headers, text: () => Promise.resolve(hostile) };
  };
}

/** Saves whose answers come late, or not before everybody has given up. */
export function delaySaves(reach: Fetch, time: TimeFaults | undefined, clock: Clock, random: () => number): Fetch {
  if (time === undefined) return reach;
  const { saves } = time;
  return async (url, init) => {
    const answer = await reach(url, init);
    if (init.method !== 'GET' && random() < saves.share) await clock.sleep(saves.delayMs);
    return answer;
  };
}

/** What becomes of an order. @param take takes it */
export async function order(
  fault: TimeFaults['order'],
  attempt: number,
  clock: Clock,
  take: () => void
): Promise<void> {
  if (fault === 'refused twice' && attempt <= 2) throw new Error('The queue is full.');
  if (fault === 'lost') return new Promise(() => undefined);
  if (fault === 'slow') await clock.sleep(SLOW_ORDER_MS);
  take();
  if (fault === 'taken silently') return new Promise(() => undefined);
}

import type { ScheduleAnswer, ScheduleMessage } from './messages';
import { parseScheduleOptions } from './parse-schedule-options';

/** The child's side of `CloudCode.scheduleTask`: asks the parent over the channel, and waits for its answers. */
export class TaskScheduler {
  readonly #unanswered = new Map<number, (answer: ScheduleAnswer) => void>();
  readonly #answers: Promise<ScheduleAnswer>[] = [];
  #lastId = 0;

  /**
   * @param send sends a message to the parent, in order
   * @param channel is kept ref'ed while an answer is awaited, because the process would end otherwise
   */
  constructor(
    private readonly send: (message: ScheduleMessage) => void,
    private readonly channel: { ref(): void; unref(): void }
  ) {}

  /**
   * Resolves when the parent has taken the task.
   *
   * @throws Error where the options are wrong, or the parent refuses
   */
  async scheduleTask(options: unknown): Promise<void> {
    try {
      const { refusal } = await this.#ask(options);
      if (refusal !== undefined) throw new Error(refusal);
    } catch (error) {
      throw new Error(`CloudCode.scheduleTask: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Takes an answer of the parent. */
  receive(answer: ScheduleAnswer): void {
    const resolve = this.#unanswered.get(answer.id);
    this.#unanswered.delete(answer.id);
    if (this.#unanswered.size === 0) this.channel.unref();
    resolve?.(answer);
  }

  /** Resolves when the parent has answered everything that was scheduled so far, and an unawaited refusal is known. */
  async settle(): Promise<void> {
    await Promise.all(this.#answers);
    // Node tells of unhandled rejections only after the microtasks, in which the task's result would be sent.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Sends before it returns, so that the message is ahead of the task's response even where the task does not await it. */
  #ask(options: unknown): Promise<ScheduleAnswer> {
    const request = parseScheduleOptions(options, Date.now());
    const id = ++this.#lastId;
    const answer = new Promise<ScheduleAnswer>((resolve) => this.#unanswered.set(id, resolve));
    this.#answers.push(answer);
    this.channel.ref();
    this.send({ kind: 'schedule', id, request });
    return answer;
  }
}

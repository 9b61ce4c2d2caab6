import type { InvocationQueue } from '../ports';

/** The part of the platform's `CloudCode` global that is used, as documented ("Trigger CloudCode from another task"). */
interface CloudCodeGlobal {
  scheduleTask(options: { task: string; parameters: object; queue: string; after?: number }): PromiseLike<unknown>;
}

const TASK = 'lock_users';

/** Orders invocations of this task on a queue of its own, on which they never overlap (documented). */
export class CloudCodeQueue implements InvocationQueue {
  private constructor(private readonly cloudCode: CloudCodeGlobal) {}

  /** The queue, or undefined where the runtime has none. */
  static find(cloudCode: unknown): CloudCodeQueue | undefined {
    const candidate = cloudCode as Partial<CloudCodeGlobal> | null | undefined;
    return typeof candidate?.scheduleTask === 'function' ? new CloudCodeQueue(candidate as CloudCodeGlobal) : undefined;
  }

  async schedule(parameters: Readonly<Record<string, unknown>>, afterMs: number): Promise<void> {
    const after = Math.ceil(afterMs);
    await this.cloudCode.scheduleTask({ task: TASK, parameters, queue: TASK, ...(after > 0 && { after }) });
  }
}

import type { InvocationQueue } from '../ports';

/** The part of the platform's `CloudCode` global that is used, as documented ("Trigger CloudCode from another task"). */
interface CloudCodeGlobal {
  scheduleTask(options: {
    task: string;
    parameters: object;
    queue: string;
    after?: number;
    at?: Date;
  }): PromiseLike<unknown>;
}

/** Schedules invocations of a task on a queue of its own, on which they never overlap (documented). */
export class CloudCodeQueue implements InvocationQueue {
  private constructor(
    private readonly cloudCode: CloudCodeGlobal,
    readonly name: string
  ) {}

  /** The queue, or undefined where the runtime has none. */
  static find(cloudCode: unknown, taskName: string): CloudCodeQueue | undefined {
    const candidate = cloudCode as Partial<CloudCodeGlobal> | null | undefined;
    return typeof candidate?.scheduleTask === 'function'
      ? new CloudCodeQueue(candidate as CloudCodeGlobal, taskName)
      : undefined;
  }

  async schedule(parameters: Readonly<Record<string, unknown>>, afterMs: number): Promise<void> {
    const { name } = this;
    const after = Math.ceil(afterMs);
    await this.cloudCode.scheduleTask({
      task: name,
      parameters,
      queue: name,
      ...(after > 0 && { after })
    });
  }

  async scheduleAt(parameters: Readonly<Record<string, unknown>>, atMs: number): Promise<void> {
    const { name } = this;
    await this.cloudCode.scheduleTask({ task: name, parameters, queue: `${name}_unlock`, at: new Date(atMs) });
  }
}

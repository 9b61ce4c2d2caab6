import type { Redact } from '../input/Secret';
import type { InvocationQueue } from '../ports';
import { describeThrown } from './database-errors';

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
    readonly name: string,
    private readonly redact: Redact
  ) {}

  /** The queue, or undefined where the runtime has none. @param redact takes secrets out of errors of `cloudCode` */
  static find(cloudCode: unknown, taskName: string, redact: Redact): CloudCodeQueue | undefined {
    const candidate = cloudCode as Partial<CloudCodeGlobal> | null | undefined;
    return typeof candidate?.scheduleTask === 'function'
      ? new CloudCodeQueue(candidate as CloudCodeGlobal, taskName, redact)
      : undefined;
  }

  async schedule(parameters: Readonly<Record<string, unknown>>, afterMs: number): Promise<void> {
    const { name } = this;
    const after = Math.ceil(afterMs);
    await this.order({
      task: name,
      parameters,
      queue: name,
      ...(after > 0 && { after })
    });
  }

  async scheduleAt(parameters: Readonly<Record<string, unknown>>, atMs: number): Promise<void> {
    const { name } = this;
    await this.order({ task: name, parameters, queue: `${name}_unlock`, at: new Date(atMs) });
  }

  private async order(options: Parameters<CloudCodeGlobal['scheduleTask']>[0]): Promise<void> {
    try {
      await this.cloudCode.scheduleTask(options);
    } catch (error) {
      throw new Error(describeThrown(error, this.redact));
    }
  }
}

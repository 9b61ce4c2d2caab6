import type { BackendApi, Clock, Log, Ports, UserSource, UserStatePage } from '../../cloudcode/lock_users/src/ports';
import type { LockOperation, Selection } from '../../cloudcode/lock_users/src/core/vocabulary';

/** A clock that moves one second further at every look. */
export class FakeClock implements Clock {
  private now = 0;

  nowMs(): number {
    return (this.now += 1000);
  }
}

/** Keeps every line. */
export class RecordingLog implements Log {
  readonly lines: string[] = [];

  line(text: string): void {
    this.lines.push(text);
  }
}

/** A backend and a database in memory that do as they are told; what a test is about is replaced on the object. */
export class FakePlatform implements BackendApi, UserSource {
  readonly locked = new Set<string>();
  readonly batches: (readonly LockOperation[])[] = [];
  readonly selections: Selection[] = [];
  pageSize = 1000;
  /** What a batch is answered with; by default every operation succeeds. */
  answerBatch: (operations: readonly LockOperation[]) => unknown = (operations) => {
    for (const operation of operations) this.locked.add(operation.user_id);
    return { operations: operations.map(() => ({ success: true })) };
  };

  constructor(readonly ids: readonly string[]) {}

  readDeployment(): Promise<{ label: string | null; environment: string | null }> {
    return Promise.resolve({ label: 'Fake', environment: 'testing' });
  }

  readUserStates(limit: number, skip: number): Promise<UserStatePage> {
    const page = this.ids.slice(skip, skip + Math.min(limit, this.pageSize));
    return Promise.resolve({
      users: page.map((userId) => ({ userId, locked: this.locked.has(userId) })),
      more: skip + page.length < this.ids.length
    });
  }

  readUserIds(selection: Selection, limit: number, skip: number): Promise<readonly string[]> {
    this.selections.push(selection);
    const matching = this.ids.filter((id) => selection.userIds?.includes(id) ?? true);
    return Promise.resolve(matching.slice(skip, skip + Math.min(limit, this.pageSize)));
  }

  async postBatch(operations: readonly LockOperation[]): Promise<unknown> {
    this.batches.push(operations);
    return await this.answerBatch(operations);
  }

  /** The ports of a run on this platform. */
  ports(log: Log = new RecordingLog()): Ports {
    return { backend: this, userSource: this, clock: new FakeClock(), log, newRunId: () => 'run-1' };
  }
}

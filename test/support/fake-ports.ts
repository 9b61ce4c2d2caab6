import type {
  BackendApi,
  SingleResponse,
  UserIdPage,
  Clock,
  DeploymentInfo,
  InvocationQueue,
  Log,
  Ports,
  UserSource,
  UserStatePage
} from '../../cloudcode/lock_users/src/ports';
import type { Selection } from '../../cloudcode/lock_users/src/input/where';
import type { LockOperation, UserOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import type { SessionState, UserState } from '../../cloudcode/lock_users/src/users/UserState';
import { MemoryRecordStore } from './MemoryRecordStore';

/** A clock that stands still, and jumps when somebody sleeps. */
export class FakeClock implements Clock {
  now = 1_000_000;
  readonly sleeps: number[] = [];
  private jumpedMs = 0;

  nowMs(): number {
    return this.now;
  }

  monotonicMs(): number {
    return this.now - this.jumpedMs;
  }

  /** Somebody sets the wall clock forwards or, with a negative number, backwards. */
  jump(ms: number): void {
    this.now += ms;
    this.jumpedMs += ms;
  }

  async sleep(waitMs: number, signal?: AbortSignal): Promise<void> {
    // What needs no time happens first, and may end the wait.
    if (signal !== undefined) await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) return;
    this.sleeps.push(waitMs);
    this.now += waitMs;
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
  /** Who matches a query, by its text; everybody matches those that are not in it. */
  readonly matches = new Map<string, readonly string[]>();
  readonly clock = new FakeClock();
  /** By how much the backend's clock is ahead. */
  clockAheadMs = 0;
  /** Sessions of users, by user; who is not in it has none. */
  readonly sessions = new Map<string, SessionState[]>();
  /** Requests that change one user or one session, as they came. */
  readonly singles: string[] = [];
  /** What was ordered on the queue. */
  readonly scheduled: { parameters: Readonly<Record<string, unknown>>; afterMs: number }[] = [];
  /** What was ordered on the queue for a moment. */
  readonly scheduledAt: { parameters: Readonly<Record<string, unknown>>; atMs: number }[] = [];
  /** Called before an order for a moment is taken; may throw. */
  onScheduleAt: (atMs: number) => void | Promise<void> = () => undefined;
  newRunId: () => string = () => 'run-1';
  hasQueue = true;
  records: MemoryRecordStore | undefined = new MemoryRecordStore();
  pageSize = 1000;
  /** Relations of the user model, as the client describes it, and as `datamodel.json` does. */
  relations: { client: readonly string[] | undefined; dataModel: readonly string[] | undefined } = {
    client: [],
    dataModel: []
  };
  /** What a batch is answered with; by default every operation succeeds. */
  answerBatch: (operations: readonly LockOperation[]) => unknown = (operations) => {
    for (const operation of operations) this.locked.add(operation.user_id);
    return { operations: operations.map(() => ({ success: true })) };
  };

  /** Users of each batch of unlocks. */
  readonly unlockBatches: (readonly string[])[] = [];
  /** What a batch of unlocks is answered with; by default every operation is refused. */
  answerUnlockBatch: (userIds: readonly string[]) => unknown = (userIds) => ({
    operations: userIds.map(() => ({
      success: false,
      error: { type: 'INVALID_API_REQUEST', detail: 'Unknown method.' }
    }))
  });

  /** What an unlock comes to; by default the user is unlocked. Throwing is a failed request. */
  answerUnlock: (userId: string) => void | Promise<void> = (userId) => {
    this.locked.delete(userId);
  };

  /** What signing a session out comes to; by default it is. */
  answerReauthenticate: (userId: string, sessionId: string) => void | Promise<void> = (userId, sessionId) => {
    const signedOut = { state: 'LOCKED', signedOutAtMs: this.clock.now };
    this.changeSession(userId, sessionId, signedOut);
  };

  constructor(readonly ids: readonly string[]) {}

  readDeployment(): Promise<DeploymentInfo> {
    return Promise.resolve({ label: 'Fake', environment: 'testing', serverTimeMs: this.clock.now + this.clockAheadMs });
  }

  readRelations(): Promise<readonly string[] | undefined> {
    return Promise.resolve(this.relations.dataModel);
  }

  listRelations(): readonly string[] | undefined {
    return this.relations.client;
  }

  /** The user as the users API shows them. */
  private show(userId: string): UserState {
    const sessions = this.sessions.get(userId) ?? [];
    const enrolled = sessions.some(({ state }) => state === 'ENROLLED');
    return { userId, locked: this.locked.has(userId), enrolled, sessions };
  }

  readUserState(userId: string): Promise<UserState | undefined> {
    return Promise.resolve(this.ids.includes(userId) ? this.show(userId) : undefined);
  }

  readUserStates(limit: number, skip: number): Promise<UserStatePage> {
    const page = this.ids.slice(skip, skip + Math.min(limit, this.pageSize));
    return Promise.resolve({
      users: page.map((userId) => this.show(userId)),
      malformed: 0,
      isCached: false,
      more: skip + page.length < this.ids.length
    });
  }

  readUserIds(selection: Selection, limit: number, skip: number): Promise<UserIdPage> {
    this.selections.push(selection);
    const { where } = selection;
    const found = (where && this.matches.get(where.text)) ?? this.ids;
    const matching = found.filter((id) => selection.userIds?.includes(id) ?? true);
    return Promise.resolve({ userIds: matching.slice(skip, skip + Math.min(limit, this.pageSize)), malformed: 0 });
  }

  /** Asked for names, as they came. */
  readonly asked: (readonly string[])[] = [];
  /** Display texts of users; whoever is not in it has none. */
  readonly names = new Map<string, string>();

  readNames(_model: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.asked.push(ids);
    return Promise.resolve(new Map([...this.names].filter(([id]) => ids.includes(id))));
  }

  async unlockUser(userId: string): Promise<SingleResponse> {
    this.singles.push(`unlock ${userId}`);
    await this.answerUnlock(userId);
    return 'done';
  }

  async reauthenticateSession(userId: string, sessionId: string): Promise<SingleResponse> {
    this.singles.push(`re-authenticate ${sessionId} of ${userId}`);
    await this.answerReauthenticate(userId, sessionId);
    return 'done';
  }

  async postBatch(operations: readonly UserOperation[]): Promise<unknown> {
    const locks = operations.flatMap((operation) => (operation.method === 'users/lock' ? operation : []));
    if (locks.length > 0) {
      this.batches.push(locks);
      return await this.answerBatch(locks);
    }
    const userIds = operations.map(({ user_id: userId }) => userId);
    this.unlockBatches.push(userIds);
    return await this.answerUnlockBatch(userIds);
  }

  /** Changes a session of a user, or adds it. */
  changeSession(userId: string, sessionId: string, changes: Partial<SessionState>): void {
    const before = this.sessions.get(userId) ?? [];
    const session = before.find((known) => known.sessionId === sessionId) ?? {
      sessionId,
      state: 'ENROLLED',
      signedOutAtMs: null,
      authenticatedAtMs: null
    };
    const others = before.filter((known) => known.sessionId !== sessionId);
    this.sessions.set(userId, [...others, { ...session, ...changes }]);
  }

  /** The ports of a run on this platform. */
  ports(log: Log = new RecordingLog()): Ports {
    const { clock, scheduled, scheduledAt } = this;
    const queue: InvocationQueue = {
      name: 'lock_users',
      schedule: (parameters, afterMs) => {
        scheduled.push({ parameters: JSON.parse(JSON.stringify(parameters)) as Record<string, unknown>, afterMs });
        return Promise.resolve();
      },
      scheduleAt: async (parameters, atMs) => {
        await this.onScheduleAt(atMs);
        scheduledAt.push({ parameters: JSON.parse(JSON.stringify(parameters)) as Record<string, unknown>, atMs });
      }
    };
    return {
      backend: this,
      userSource: this,
      records: this.records,
      clock,
      log,
      queue: this.hasQueue ? queue : undefined,
      random: () => 0.5,
      newRunId: () => this.newRunId()
    };
  }
}

import type { LockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import type { UserState } from '../../cloudcode/lock_users/src/users/UserState';
import { FakePlatform, RecordingLog } from './fake-ports';
import { MemoryRecordStore } from './MemoryRecordStore';
import { userId, userIds } from './user-id';

/** A fake platform with users of whom a lock run sends some first, in ways in which that can go wrong. */
export class CanaryFixture {
  readonly platform: FakePlatform;
  readonly records = new MemoryRecordStore();
  readonly log = new RecordingLog();

  constructor(users = 10) {
    this.platform = new FakePlatform(userIds(users));
    this.platform.records = this.records;
  }

  /** Users have a session each that is in the app. */
  signIn(...users: number[]): void {
    for (const user of users) this.platform.changeSession(userId(user), `of-${user}`, { state: 'ENROLLED' });
  }

  /** Ids of the users of each batch, in the order in which they were sent. */
  get sent(): string[][] {
    return this.platform.batches.map((batch) => batch.map(({ user_id: id }) => id));
  }

  /** Every lock wipes, whatever it says. */
  wipe(): void {
    const { platform } = this;
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      for (const { user_id: id } of operations) {
        for (const { sessionId } of platform.sessions.get(id) ?? []) {
          platform.changeSession(id, sessionId, { state: 'RESET', signedOutAtMs: platform.clock.now });
        }
      }
      return answer(operations);
    };
  }

  /** The platform refuses some operations in a way of its own. */
  answerSome(how: (operation: LockOperation) => object | undefined): void {
    const { platform } = this;
    platform.answerBatch = (operations) => ({
      operations: operations.map((operation) => {
        const answer = how(operation);
        if (answer === undefined) platform.locked.add(operation.user_id);
        return answer ?? { success: true };
      })
    });
  }

  /** Looks at users that were sent are answered so. Default: as the platform does. */
  answerLooks(answer?: () => Promise<never>): void {
    const { platform } = this;
    const list = FakePlatform.prototype.readUserStates.bind(platform);
    const one = FakePlatform.prototype.readUserState.bind(platform);
    platform.readUserState = answer ?? one;
    platform.readUserStates = (...page) =>
      answer === undefined || platform.batches.length === 0 ? list(...page) : answer();
  }

  /** The users API shows users as `change` says. */
  show(change: (user: UserState) => UserState): void {
    const { platform } = this;
    const list = platform.readUserStates.bind(platform);
    const one = platform.readUserState.bind(platform);
    platform.readUserStates = async (limit, skip) => {
      const page = await list(limit, skip);
      return { ...page, users: page.users.map(change) };
    };
    platform.readUserState = async (id) => {
      const user = await one(id);
      return user && change(user);
    };
  }
}

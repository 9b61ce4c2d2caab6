import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const DAY_MS = 86_400_000;
const KEEP = { keepDays: 90 };

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(userIds(6));
  platform.records = new MemoryRecordStore();
  platform.clock.now = 1000 * DAY_MS;
});

const passDays = (days: number): void => void (platform.clock.now += days * DAY_MS);

test.each([0, 91])(
  'an undo leaves a user locked whom a run has let in since, and somebody has locked by hand, also %i days later',
  async (days) => {
    await runOnFake(platform, { runId: 'evening' });
    passDays(1);
    await runOnFake(platform, { runId: 'one', action: 'unlock', userIds: [userId(3)] });
    // Somebody locks the user by hand.
    platform.locked.add(userId(3));
    passDays(days);
    await runOnFake(platform, { runId: 'other', action: 'reauthenticate' }, KEEP);

    const report = await runOnFake(platform, { runId: 'undo', undo: 'evening' });

    expect([...platform.locked]).toEqual([userId(3)]);
    expect(report).toMatchObject({ counts: { lockedAgain: 1, unlocked: 5 } });
  }
);

import type { ActivityState } from '../../../tasks/local/runtime/Activity';
import { TriggerWatch } from '../../../tasks/trigger/TriggerWatch';

const AT_MS = Date.UTC(2027, 0, 31, 6);
const UNDO = {
  task: 'lock_users',
  atMs: AT_MS,
  params: '{"undo":"a-run","runId":"b","notBefore":"2027-01-31T06:00:00Z","requestedBy":"unlockAt"}'
};
const SHOWN = 'lock_users at 2027-01-31T06:00:00Z, with {"undo":"a-run"}';
const WAITS: ActivityState = { hasBegun: true, isRunning: false, orders: [UNDO] };

let lines: string[];
let watch: TriggerWatch;
beforeEach(() => {
  lines = [];
  watch = new TriggerWatch('production', (line) => void lines.push(line));
});

test('who waits is told for what, and what Ctrl-C does, as soon as nothing else is left, once', () => {
  watch.see({ hasBegun: true, isRunning: true, orders: [UNDO] }, true);
  expect(lines).toEqual([]);

  watch.see(WAITS, true);
  watch.see(WAITS, true);

  expect(lines).toEqual([`Waiting for ${SHOWN}. Ctrl-C leaves it to the platform of "npm run local".`]);
});

test('Ctrl-C on the local platform says what the platform keeps', () => {
  watch.see(WAITS, true);

  expect(watch.describeInterrupt()).toBe(
    `Stopped waiting.\nThe platform of "npm run local" keeps what was ordered: ${SHOWN}.`
  );
});

test('Ctrl-C where no platform keeps orders says what is lost, and by which command it is done by hand', () => {
  watch.see(WAITS, false);

  expect(lines).toEqual([`Waiting for ${SHOWN}. Ctrl-C loses it.`]);
  expect(watch.describeInterrupt()).toBe(
    `Stopped waiting.
Lost with this command: ${SHOWN}. Do it yourself:
  npm run task -- test lock_users --deployment production --params '{"undo":"a-run"}'`
  );
});

test('the command to do it by hand is one that a shell takes', () => {
  watch = new TriggerWatch(undefined, () => undefined);
  const orders = [
    { task: 'a', atMs: AT_MS, params: '{"reason":"it\'s late"}' },
    { task: 'b', atMs: AT_MS }
  ];
  watch.see({ hasBegun: true, isRunning: false, orders }, false);

  expect(watch.describeInterrupt().split('\n').slice(2)).toEqual([
    String.raw`  npm run task -- test a --params '{"reason":"it'\''s late"}'`,
    `  npm run task -- test b --params '{}'`
  ]);
});

test('Ctrl-C while the task runs says that the next run is refused for a while', () => {
  watch.see({ hasBegun: true, isRunning: true, orders: [] }, true);

  expect(watch.describeInterrupt()).toBe(
    'Stopped. The task was killed while it ran, and users may have been changed. Run it again to do what is missing: for up to 10 minutes that is refused (RUN_UNDER_WAY says how long), because the run counts as under way.'
  );
});

test('Ctrl-C before the task has begun says that nothing was changed', () => {
  expect(watch.describeInterrupt()).toBe('Stopped before the task began. Nothing was changed.');

  watch.see({ hasBegun: false, isRunning: false, orders: [{ task: 'lock_users', atMs: AT_MS }] }, true);

  expect(lines).toEqual([]);
  expect(watch.describeInterrupt()).toBe(
    'Stopped before the task began. Nothing was changed, and what was ordered does not come.'
  );
});

import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import { checkDefaults, chooseParameters } from '../../../cloudcode/lock_users/src/input/default-parameters';
import { parseSettings } from '../../../cloudcode/lock_users/src/input/settings';
import type { Settings } from '../../../cloudcode/lock_users/src/input/settings';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { BACKEND_ID, runOnFake, SETTINGS } from '../../support/run-on-fake';
import { createContext } from '../../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../../cloudcode/lock_users/src/run/run-invocation';
import { userIds } from '../../support/user-id';

function settingsWith(defaults: string): Settings {
  return parseSettings({
    JOURNEY_BACKEND_URL: `https://backend.example.test/api/v4/${BACKEND_ID}`,
    JOURNEY_API_TOKEN: 'not-a-real-one',
    LOCK_USERS_DEFAULTS: defaults
  });
}

const DEFAULTS = '{"unlockAt": "06:00 Europe/Berlin", "reason": "Night"}';

test.each([[undefined], [null], [{}]])('a run that is started with %j takes those of the deployment', (params) => {
  const chosen = chooseParameters(parseParameters(params), settingsWith(DEFAULTS).defaults);

  expect(chosen).toMatchObject({ reason: 'Night', areDefaults: true, rawParameters: JSON.parse(DEFAULTS) });
});

test('parameters of its own replace them wholly', () => {
  const chosen = chooseParameters(parseParameters({ maxUsers: 5 }), settingsWith(DEFAULTS).defaults);

  expect(chosen).toMatchObject({ maxUsers: 5, unlockAt: undefined, reason: undefined });
});

test.each([
  ['{"unlockAt": "6 Uhr"}', 'LOCK_USERS_DEFAULTS: "unlockAt" must be'],
  ['{"maxuser": 1}', 'LOCK_USERS_DEFAULTS: Unknown parameter "maxuser"'],
  ['{"action": "unlock", "window": "21:00-23:00 UTC"}', 'LOCK_USERS_DEFAULTS: "window" goes with "lock"'],
  ['{"runId": "x"}', 'LOCK_USERS_DEFAULTS: "runId" is set by the task itself'],
  ['{"unlockAt"', 'LOCK_USERS_DEFAULTS is not valid JSON'],
  ['[]', 'LOCK_USERS_DEFAULTS must be a JSON object']
])('%s is refused at every start, with the name of the variable', (text, message) => {
  expect(() => settingsWith(text)).toThrow(message);
  expect(() => settingsWith(text)).toThrow(/^INVALID_SETTINGS/);
});

test('text that nests too deeply is a mistake, not a crash', () => {
  expect(checkDefaults(`{"where":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'X')).toHaveProperty('mistakes');
});

test('the log says which apply, also in a run that goes on', async () => {
  const platform = new FakePlatform(userIds(3));
  const { defaults } = settingsWith(DEFAULTS);
  const log = new RecordingLog();
  const parameters = chooseParameters(parseParameters(undefined), defaults);

  const report = await runInvocation(createContext({ ...SETTINGS, defaults }, parameters, platform.ports(log)));
  await runOnFake(platform, { reason: 'Mine' }, { defaults }, log);
  await runOnFake(platform, platform.scheduledAt[0]?.parameters, { defaults }, log);

  expect(report).toMatchObject({ status: 'done', reason: 'Night', unlockAt: expect.any(String) });
  expect(log.lines.filter((line) => line.includes('LOCK_USERS_DEFAULTS'))).toEqual([
    'Started without parameters: those of LOCK_USERS_DEFAULTS apply: {"unlockAt":"06:00 Europe/Berlin","reason":"Night"}',
    'Started with parameters of its own: those of LOCK_USERS_DEFAULTS do not apply.'
  ]);
});

import { describeVariables } from '../../../tasks/trigger/describe-variables';

const REMOTE = {
  backendUrl: 'https://your-app.backend.example.invalid/api/v4/000000000000000000000000',
  tokenVariable: 'MY_TOKEN'
};

test('what applies is listed, with values of LOCK_USERS_… alone, and never the token', () => {
  const variables = { LOCK_USERS_ARMED: 'true', LOCK_USERS_PROTECTED: 'a, b', SMTP_HOST: 'mail.example.invalid' };

  const text = describeVariables('testing', { ...REMOTE, variables }, { MY_TOKEN: 'made-up' }).join('\n');

  expect(text).toBe(
    `The task runs on this machine and works on the deployment "testing", ${REMOTE.backendUrl}. It gets LOCK_USERS_… from "variables" of that deployment in .journeyrc alone:
  LOCK_USERS_ARMED=true
  LOCK_USERS_PROTECTED=a, b
  beside them: SMTP_HOST
  JOURNEY_API_TOKEN is what MY_TOKEN holds on this machine.
WARNING: what is set in OXIDE does not apply here, least of all LOCK_USERS_PROTECTED. Who must not be locked has to stand in .journeyrc as well.`
  );
});

test('without any it says so, and that nobody is protected; those of the shell are named', () => {
  const environment = { LOCK_USERS_PROTECTED: 'a', LOCK_USERS_ARMED: 'true' };

  const lines = describeVariables('testing', REMOTE, environment);

  expect(lines).toContain('  none is set');
  expect(lines.join('\n')).toContain('so that nobody is protected here');
  expect(lines.at(-1)).toBe('LOCK_USERS_PROTECTED, LOCK_USERS_ARMED of this shell do not apply either.');
});

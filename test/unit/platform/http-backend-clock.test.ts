import { Headers } from 'node-fetch';
import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';
import { HttpBackendApi } from '../../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { FakeClock } from '../../support/fake-ports';

test('a date to wait for counts from the clock of the beginning, however that is set meanwhile', async () => {
  const clock = new FakeClock();
  clock.now = Date.UTC(2026, 0, 2, 10, 0, 0);
  const access = {
    backendUrl: 'https://backend.example.test',
    token: new Secret('not-a-real-one'),
    authScheme: 'Bearer' as const
  };
  const api = new HttpBackendApi(access, clock, () =>
    Promise.resolve({
      status: 429,
      headers: new Headers({ 'Retry-After': 'Fri, 02 Jan 2026 10:00:30 GMT' }),
      text: () => Promise.resolve('')
    })
  );
  clock.jump(-3_600_000);

  await expect(api.readDeployment(1000)).rejects.toMatchObject({ details: { retryAfterMs: 30_000 } });
});

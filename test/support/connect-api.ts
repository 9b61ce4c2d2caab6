import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';

/** What stands for a token. */
export const TOKEN = ['not', 'a', 'real', 'one'].join('-');

/** Longer than any answer of a StubBackend takes. */
export const TIMEOUT_MS = 10_000;

/** The client of a backend at this address. */
export function connectApi(backendUrl: string, token = TOKEN): HttpBackendApi {
  return new HttpBackendApi({ backendUrl, token: new Secret(token), authScheme: 'Bearer' }, systemClock);
}

import { cleanText, MAX_NAME_BYTES } from '../outside-text';
import type { Canary } from '../users/Canary';
import type { Report } from './Report';
import { MAX_USERS_IN_LOG } from './shorten-report';

/** The users that were sent before all others, for the report; those first that say why the others were not sent. */
export function listCanary(canary: Pick<Canary, 'result' | 'list'> | undefined): Pick<Report, 'canary'> {
  if (canary?.result === undefined) return {};
  const all = canary.list();
  const users = [...canary.list('reset'), ...all.filter(({ seen }) => seen !== 'reset')]
    .slice(0, MAX_USERS_IN_LOG)
    .map(({ userId, seen }) => ({ userId: cleanText(userId, MAX_NAME_BYTES), seen }));
  return { canary: { result: canary.result, count: all.length, users } };
}

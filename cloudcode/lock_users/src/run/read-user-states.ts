import { LockUsersError } from '../errors';
import { backendError } from '../requests/classify-response';
import { canShrink, readList } from '../requests/read-list';
import type { ListEnd, ListPage } from '../requests/read-list';
import { isRefusedSize } from '../requests/retry-rules';
import type { RequestKind } from '../requests/RequestToSend';
import type { UserState } from '../users/UserState';
import type { ActiveRun } from './ActiveRun';
import type { RunContext } from './RunContext';

/**
 * Shows every user of the deployment to `see`, following `more`: a reading of its own, in which the roster counts whom it has shown.
 *
 * @param see takes users, and has the roster mark each of them as read
 * @param expected how many users there are, where an earlier reading has shown it
 * @throws LockUsersError where the users cannot be read
 */
export async function readUserStates(
  run: ActiveRun,
  see: (users: readonly UserState[]) => void,
  expected?: number
): Promise<ListEnd> {
  const { ports, warnings, roster } = run;
  roster.startReading();
  return readList<UserState>({
    see: (users) => {
      const before = roster.countRead;
      see(users);
      return roster.countRead - before;
    },
    ...(expected !== undefined && { expected }),
    readPage: (limit, skip) =>
      readPage(run, 'users', limit, async (timeoutMs) => {
        const { users, malformed, more, isCached } = await ports.backend.readUserStates(limit, skip, timeoutMs);
        if (more && users.length + malformed === 0) {
          throw backendError('BACKEND_PROTOCOL', `GET users promises more users after ${skip} and returns none.`);
        }
        if (isCached) {
          roster.isOutOfDate = true;
          warnings.add('CACHED_READS', 'The users API answers out of a cache, so what it shows may be out of date.');
        }
        if (malformed > 0) {
          warnings.add('MALFORMED_USERS', 'The users API shows entries without a usable id; they are left alone.');
        }
        if (users.some(({ locked }) => locked === null)) {
          warnings.add(
            'MALFORMED_USERS',
            'The users API does not show of some users whether they are locked. Such a user is sent, and an undo lets them in, also where they had been locked before.'
          );
        }
        return { items: users, more };
      })
  });
}

/** Reads a page; or says why it has to be asked for in smaller pages. @throws LockUsersError where it cannot be read */
export async function readPage<T>(
  { sender }: RunContext,
  kind: RequestKind,
  size: number,
  attempt: (timeoutMs: number) => Promise<Exclude<ListPage<T>, string>>
): Promise<ListPage<T>> {
  const result = await sender.send({
    kind,
    operations: 0,
    pageSize: canShrink(size) ? size : undefined,
    attemptsBefore: 0,
    isEssential: true,
    attempt
  });
  if (result.kind === 'answered') return result.answer;
  if (result.kind === 'split') return isRefusedSize(result.error) ? 'size refused' : 'too heavy';
  throw new LockUsersError(sender.stop ?? result.error);
}

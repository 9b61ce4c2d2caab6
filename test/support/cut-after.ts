import { backendError } from '../../cloudcode/lock_users/src/requests/classify-response';
import type { FakePlatform } from './fake-ports';

/** The time of the invocation is over after so many batches; with `isLost` no batch is answered. */
export function cutAfter(platform: FakePlatform, count: number, isLost = false): void {
  const answer = platform.answerBatch;
  let sent = 0;
  platform.answerBatch = (operations) => {
    const answered = answer(operations);
    if (++sent === count) platform.clock.now += 275_000;
    if (isLost && sent <= count) throw backendError('BACKEND_UNREACHABLE', 'No answer.', { network: 'timeout' });
    return answered;
  };
}

import { createHash, timingSafeEqual } from 'crypto';
import type { Secret } from '../input/Secret';

/**
 * Whether an `Authorization` header carries the secret as `Bearer`. Takes the same time whatever is wrong with it, so
 * that nobody learns the secret piece by piece.
 *
 * @param secret undefined lets nobody in
 */
export function carriesSecret(authorization: unknown, secret: Secret | undefined): boolean {
  const given = typeof authorization === 'string' ? /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1] : undefined;
  // Digests have the same length whatever was given.
  const isSame = timingSafeEqual(digest(given ?? ''), digest(secret?.reveal() ?? ''));
  return isSame && given !== undefined && secret !== undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createHash, timingSafeEqual } from 'crypto';
import type { Secret } from '../input/Secret';

/**
 * Whether an `Authorization` header carries the secret as `Bearer`. Takes the same time whatever is wrong with it, so
 * that nobody learns the secret piece by piece.
 *
 * @param secret undefined lets nobody in
 */
export function carriesSecret(authorization: unknown, secret: Secret | undefined): boolean {
  const presented = typeof authorization === 'string' ? /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1] : undefined;
  // Digests have the same length whatever was presented.
  const isSame = timingSafeEqual(digest(presented ?? ''), digest(secret?.reveal() ?? ''));
  return isSame && presented !== undefined && secret !== undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

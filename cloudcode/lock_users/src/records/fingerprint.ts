import { createHash } from 'crypto';

/** A short text that stands for a long one, so that the long one need not be kept to see whether another one is the same. */
export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

import { cleanText, MAX_DETAIL_BYTES, MAX_NAME_BYTES } from '../outside-text';
import type { Reason } from '../users/UserState';

/**
 * The `type` and `detail` of an error object in the platform's shape (`type`, `title`, `detail`, `see`), with
 * `UNKNOWN` and a plain sentence where it has none. Texts are escaped and cut.
 */
export function describePlatformError(error: unknown): Reason {
  const { type, title, detail } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    type: readText(type, MAX_NAME_BYTES) ?? 'UNKNOWN',
    detail: readText(detail) ?? readText(title) ?? readText(error) ?? 'The platform gave no detail.'
  };
}

function readText(value: unknown, mostBytes = MAX_DETAIL_BYTES): string | undefined {
  return typeof value === 'string' && value !== '' ? cleanText(value, mostBytes) : undefined;
}

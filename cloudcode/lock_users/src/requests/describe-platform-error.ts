import type { Reason } from '../users/UserState';

const MAX_DETAIL_LENGTH = 300;

/**
 * The `type` and `detail` of an error object in the platform's shape (`type`, `title`, `detail`, `see`), with
 * `UNKNOWN` and a plain sentence where it has none. Text is cut to 300 characters.
 */
export function describePlatformError(error: unknown): Reason {
  const { type, title, detail } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    type: readText(type) ?? 'UNKNOWN',
    detail: readText(detail) ?? readText(title) ?? readText(error) ?? 'The platform gave no detail.'
  };
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_DETAIL_LENGTH) : undefined;
}

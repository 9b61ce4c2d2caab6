import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import type { Redact } from '../input/Secret';
import type { FailureFacts } from '../requests/classify-response';
import { readFacts } from './database-errors';

/** A batch of `DB` fails with the errors of its objects; an error that says nothing of itself may be a garbled answer. */
export function describeFailure(error: unknown, redact: Redact): FailureFacts {
  const { errors } = (error ?? {}) as { readonly errors?: readonly unknown[] };
  // The error of an object is one level deeper than that of a single save (observed).
  const [first] = errors ?? [];
  const facts = readFacts((first as { readonly error?: unknown } | undefined)?.error ?? first ?? error, redact);
  return Object.keys(facts).length > 0 || error instanceof TypeError ? facts : { network: 'garbled' };
}

/** The record could not be read or written. @param detail why not, as the end of a sentence */
export function recordFailed(
  what: 'read' | 'written' | 'deleted',
  detail: string,
  facts: FailureFacts
): LockUsersError {
  return new LockUsersError({
    code: 'RECORD_FAILED',
    message: `The run's record could not be ${what}: ${detail.replace(/\.$/, '')}.`,
    nextStep: ERROR_CATALOGUE.RECORD_FAILED.remedy,
    ...facts
  });
}

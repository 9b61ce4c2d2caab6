import { findLookAlike, suggestName } from './did-you-mean';

/** How names begin that can only be meant for this task, whatever follows: `LOCK-USERS`, `lockUser`, `LOCKED_USERS`. */
const OWN_BEGINNING = /^\W*LOCK(S|ED|ING)?[\W_]*USERS?/i;

/**
 * A sentence about the name of a variable that looks like one of ours and is not, or undefined where it does not: a mistyped
 * LOCK_USERS_PROTECTED would protect nobody, without a word.
 *
 * @param ours the names of all variables that are read
 */
export function findNameMistake(name: string, ours: readonly string[]): string | undefined {
  if (ours.includes(name)) return undefined;
  const meant = findLookAlike(name, ours);
  if (meant !== undefined) return `Unknown variable ${name}. Did you mean "${meant}"?`;
  if (!OWN_BEGINNING.test(name)) return undefined;
  // Of the two that all tasks of an app share nothing is suggested: the name begins like the others.
  const own = ours.filter((known) => OWN_BEGINNING.test(known));
  return `Unknown variable ${name}. ${suggestName(name, own)}`;
}

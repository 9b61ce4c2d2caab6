/** Characters that may be changed, missing or too many in a name that is taken for another one. Ours. */
const MAX_SLIPS = 2;

/**
 * The known name nearest to `name` (fewest single-character edits, letter case ignored), or undefined where none is
 * within half of the longer name's length.
 */
export function findNearestName(name: string, knownNames: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Infinity;
  for (const known of knownNames) {
    const distance = countEdits(name.trim().toLowerCase(), known.toLowerCase());
    if (distance <= Math.max(name.length, known.length) / 2 && distance < nearestDistance) {
      nearest = known;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** ` Did you mean "x"?` for the nearest known name, or the list of known names where none is near. */
export function suggestName(name: string, knownNames: readonly string[]): string {
  const nearest = findNearestName(name, knownNames);
  return nearest === undefined ? `Known names: ${knownNames.join(', ')}.` : `Did you mean ${JSON.stringify(nearest)}?`;
}

/**
 * The known name that is meant, where `name` is not one but looks like one: the same letters with other separators or in
 * another case, or at most two characters changed; undefined where it does not.
 */
export function findLookAlike(name: string, knownNames: readonly string[]): string | undefined {
  if (knownNames.includes(name)) return undefined;
  const letters = keepLetters(name);
  return knownNames.find((known) => countEdits(letters, keepLetters(known)) <= MAX_SLIPS);
}

function keepLetters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein distance, one row of the table at a time. */
function countEdits(from: string, to: string): number {
  // A name far longer than any of ours is not near to one; do not spend time in proportion to hostile input.
  if (Math.abs(from.length - to.length) > 32) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

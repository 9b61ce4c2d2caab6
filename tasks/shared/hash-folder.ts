import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash of the names and the contents of all files in a folder and its subfolders.
 *
 * @param without names of files and subfolders that do not count
 */
export function hashFolder(folder: string, without: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (without.includes(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) add(inner);
      else
        hash
          .update(`${inner}\0`)
          .update(readFileSync(join(folder, inner)))
          .update('\0');
    }
  };
  add('');
  return hash.digest('hex');
}

/** A hash of texts, each of which counts with its boundaries. */
export function hashTexts(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

/** The text of a file, or an empty text where there is no file. */
export function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

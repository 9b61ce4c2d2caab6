import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** The repository. */
export const ROOT = resolve(__dirname, '..', '..');

const NOT_OURS = ['node_modules', 'dist', '.git', '.local'];

/** The text of a file of the repository. */
export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The Markdown files of the repository, from its folder. */
export function listDocuments(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : listDocuments(path);
    return entry.name.endsWith('.md') ? [relative(ROOT, path)] : [];
  });
}

/** The blocks of a language in a document, without what they are indented by. */
export function listBlocks(path: string, language: string): string[] {
  const blocks = readDocument(path).matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms);
  return [...blocks].filter(([, , name]) => name === language).map(([, , , text = '']) => text);
}

import { join } from 'node:path';
import { bundle, describeBundler } from '../../shared/bundle';
import { hashFolder, hashTexts } from '../../shared/hash-folder';
import { provideFolder } from '../../shared/provide-folder';

const ENTRY = 'child-entry';

/**
 * The program that a task's process runs, as JavaScript: a TypeScript loader would cost every invocation most of its start.
 * It is made of this folder's sources, into `dist/.runtime/`, when they have changed.
 *
 * @returns its path
 */
export function provideChildEntry(): string {
  const folder = join(__dirname, '..', '..', '..', 'dist', '.runtime');
  provideFolder({
    folder,
    inputs: hashTexts([hashFolder(__dirname, []), describeBundler()]),
    make: (emptyFolder) => bundle(join(__dirname, `${ENTRY}.ts`), join(emptyFolder, `${ENTRY}.js`))
  });
  return join(folder, `${ENTRY}.js`);
}

import { join } from 'node:path';
import { bundle, describeBundler } from '../shared/bundle';
import { hashFolder, hashTexts, readIfThere } from '../shared/hash-folder';
import { provideFolder } from '../shared/provide-folder';

const ENTRY = join('tasks', 'lock-users', 'main');

/**
 * Makes `lock-users` and all that it imports JavaScript, in `dist/command/`: a TypeScript loader would cost each call more than the
 * rest of it. It lies as deep there as its source does.
 *
 * @returns the folder
 */
export function buildCommand(root: string): string {
  const folder = join(root, 'dist', 'command');
  provideFolder({
    folder,
    inputs: hashTexts([
      hashFolder(join(root, 'tasks'), []),
      hashFolder(join(root, 'cloudcode', 'lock_users'), ['node_modules']),
      readIfThere(join(root, 'journeyrc.schema.json')),
      describeBundler()
    ]),
    make: (emptyFolder) => bundle(join(root, `${ENTRY}.ts`), join(emptyFolder, `${ENTRY}.js`))
  });
  return folder;
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, whether it runs from its sources or from what was built of them. */
export function findPackageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'cloudcode', 'lock_users', 'index.ts'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`The package is not whole: there is no cloudcode/lock_users above ${__dirname}.`);
    folder = parent;
  }
  return folder;
}

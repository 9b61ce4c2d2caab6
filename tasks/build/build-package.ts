import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFolder } from '../shared/hash-folder';
import { provideFolder } from '../shared/provide-folder';
import { compileTask } from './compile-task';

/** The part of a task's manifest that a package needs. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Compiles the task `lock_users` into `dist/package/` as an npm package with type declarations, for tasks that import
 * `createTask` instead of holding a copy of the folder.
 *
 * The platform's own packages are not among its dependencies: the task that imports it has them.
 *
 * @returns the folder of the package
 * @throws Error with the compiler's messages
 */
export function buildPackage(root: string): string {
  const taskFolder = join(root, 'cloudcode', 'lock_users');
  const outFolder = join(root, 'dist', 'package');
  const { name, version, dependencies } = JSON.parse(
    readFileSync(join(taskFolder, 'package.json'), 'utf8')
  ) as Manifest;
  const own = Object.entries(dependencies).filter(([dependency]) => !dependency.startsWith('@journeyapps/'));
  const manifest = {
    name,
    version,
    main: 'src/create-task.js',
    types: 'src/create-task.d.ts',
    dependencies: Object.fromEntries(own)
  };
  provideFolder({
    folder: outFolder,
    inputs: hashFolder(taskFolder, ['node_modules']),
    make: (emptyFolder) => {
      compileTask({
        root,
        taskFolder: join(taskFolder, 'src'),
        manifestPath: join(taskFolder, 'package.json'),
        outDir: join(emptyFolder, 'src'),
        extraOptions: { declaration: true },
        libraries: new Map()
      });
      writeFileSync(join(emptyFolder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    }
  });
  return outFolder;
}

import { join } from 'node:path';
import { hashFolder, hashTexts } from '../../tasks/shared/hash-folder';
import { provideFolder } from '../../tasks/shared/provide-folder';

const ROOT = join(__dirname, '..', '..');

/** What installing and compiling the task depends on, beside the compiler. */
const SOURCES = [join('cloudcode', 'lock_users'), join('tasks', 'build'), join('test', 'deploy')];

/**
 * A folder that takes seconds of npm or of a compiler to make. It is kept from one test run to the next while what it is
 * made of is the same: the task, what builds it, these tests, Node, and `madeOf`. A fresh clone has none.
 *
 * It lies among this repository's packages, which the task must not find, so nothing is compiled or run in it.
 * @param make writes the content into an empty folder; nothing is kept if it throws
 */
export function keepFolder(name: string, madeOf: readonly string[], make: (emptyFolder: string) => void): string {
  const folder = join(ROOT, 'node_modules', '.cache', 'deploy', name);
  const sources = SOURCES.map((source) => hashFolder(join(ROOT, source), ['node_modules']));
  provideFolder({ folder, inputs: hashTexts([...sources, process.version, ...madeOf]), make });
  return folder;
}

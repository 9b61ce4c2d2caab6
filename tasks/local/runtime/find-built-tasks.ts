import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the tasks that `npm run build` has put into `dist/`. */
export function listBuiltTasks(root: string): string[] {
  const folder = join(root, 'dist');
  if (!existsSync(folder)) return [];
  // A name with a dot is a build on its way.
  return readdirSync(folder).filter((name) => !name.startsWith('.') && existsSync(join(folder, name, 'index.js')));
}

/**
 * Folder of a built task.
 *
 * @throws Error naming the tasks that there are
 */
export function findBuiltTask(root: string, task: string): string {
  const tasks = listBuiltTasks(root);
  if (tasks.includes(task)) return join(root, 'dist', task);
  throw new Error(`There is no enabled task "${task}". There is ${tasks.join(', ')}.`);
}

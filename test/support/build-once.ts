import { join } from 'node:path';
import { buildTasks } from '../../tasks/build/build-tasks';

/** Builds the tasks once for all suites: what runs in the tests is what `npm run build` makes. */
export default function buildOnce(): void {
  buildTasks({ root: join(__dirname, '..', '..') });
}

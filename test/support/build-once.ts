import { join } from 'node:path';
import { buildTasks } from '../../tasks/build/build-tasks';
import { provideChildEntry } from '../../tasks/local/runtime/provide-child-entry';

/** Builds the tasks and the program of their processes once for all suites, as `npm run build` and the commands do. */
export default function buildOnce(): void {
  buildTasks({ root: join(__dirname, '..', '..') });
  provideChildEntry();
}

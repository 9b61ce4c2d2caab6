import { join } from 'node:path';
import { killProcess } from '../../tasks/chaos/kill-process';

const TASK = join(__dirname, '..', '..', 'dist', 'lock_users');

test('a process that is killed leaves nothing that a second run does not finish', async () => {
  for (const seed of [1, 2, 3]) {
    const { problems } = await killProcess(TASK, seed);
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  }
});

import { relative } from 'node:path';
import { defineCommand } from '../shared/Command';
import { printText } from '../shared/print-text';
import { buildTasks } from './build-tasks';
import { describeBuildAgent } from './find-build-agent';

/** `npm run build`. */
export const build = defineCommand({
  name: 'npm run build',
  about: [
    'Compiles each task of cloudcode/ alone, as the platform does, into dist/<task>/. A task whose sources have not changed is not compiled again.'
  ],
  options: {},
  interrupted: 'Stopped. The earlier output is still there.',
  run(_line, { root, stdout }) {
    for (const { name, outFolder, isUnchanged } of buildTasks({ root })) {
      const folder = `${relative(root, outFolder)}/`;
      printText(stdout, isUnchanged ? `${folder} is up to date.` : `Built ${name} into ${folder}`);
    }
    const agent = describeBuildAgent(root);
    if (agent !== undefined) printText(stdout, agent);
    return Promise.resolve(0);
  }
});

import { relative } from 'node:path';
import { defineCommand } from '../shared/Command';
import { printText } from '../shared/print-text';
import { buildCommand } from './build-command';
import { buildPackage } from './build-package';
import { buildTasks } from './build-tasks';
import { describeBuildAgent } from './find-build-agent';

/** `npm run build`. */
export const build = defineCommand({
  name: 'npm run build',
  about: [
    'Compiles each task of cloudcode/ alone, as the platform does, into dist/<task>/. A task whose sources have not changed is not compiled again.'
  ],
  options: {
    package: {
      type: 'boolean',
      about: 'Make an npm package of lock_users in dist/package/ instead, for tasks that import createTask.'
    },
    command: {
      type: 'boolean',
      about: 'Make the command line lock-users JavaScript in dist/command/ instead, as "npm pack" does.'
    }
  },
  interrupted: 'Stopped. The earlier output is still there.',
  run({ options }, { root, stdout }) {
    if (options.package) {
      const folder = relative(root, buildPackage(root));
      printText(stdout, `Built the package lock_users into ${folder}/. Pack it with: npm pack ./${folder}`);
      return Promise.resolve(0);
    }
    if (options.command) {
      printText(stdout, `Built lock-users into ${relative(root, buildCommand(root))}/. Pack it with: npm pack`);
      return Promise.resolve(0);
    }
    for (const { name, outFolder, isUnchanged } of buildTasks({ root })) {
      const folder = `${relative(root, outFolder)}/`;
      printText(stdout, isUnchanged ? `${folder} is up to date.` : `Built ${name} into ${folder}`);
    }
    const agent = describeBuildAgent(root);
    if (agent !== undefined) printText(stdout, agent);
    return Promise.resolve(0);
  }
});

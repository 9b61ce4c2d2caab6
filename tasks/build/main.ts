import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTasks } from './build-tasks';
import { describeBuildAgent } from './find-build-agent';

const USAGE =
  'Usage: npm run build\n\nCompiles each task of cloudcode/ alone, as the platform does, into dist/<task>/.\n';

function main(): number {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const root = join(__dirname, '..', '..');
  try {
    for (const { name, outFolder } of buildTasks({ root }))
      console.log(`Built ${name} into ${relative(root, outFolder)}/`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  const agent = describeBuildAgent(root);
  if (agent !== undefined) console.log(agent);
  return 0;
}

process.exitCode = main();

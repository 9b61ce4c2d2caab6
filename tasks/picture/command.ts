import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demo } from '../demo/command';
import { defineCommand } from '../shared/Command';
import type { Output } from '../shared/Command';
import { printText } from '../shared/print-text';
import { runCommand } from '../shared/run-command';
import { drawTerminal } from './draw-terminal';

/** Where the picture lies, from the repository. */
const PATH = 'docs/npm-start.svg';

/** Characters in a line of the picture. Ours: a README shows no more without shrinking it. */
const COLUMNS = 112;

/** `npm run picture`. */
export const picture = defineCommand({
  name: 'npm run picture',
  about: [`Runs npm start and draws what it prints as ${PATH}, the picture in README.md.`],
  options: {},
  interrupted: 'Stopped. The picture is as it was.',
  async run(_line, io) {
    let text = '$ npm start\n\n';
    const stdout: Output = {
      write: (printed) => void (text += printed),
      columns: COLUMNS,
      isClosed: false,
      closed: io.stdout.closed
    };
    const code = await runCommand(demo, ['--fast'], { ...io, stdout });
    if (code !== 0) return code;
    writeFileSync(join(io.root, PATH), drawTerminal('What npm start prints, from a real run', text));
    printText(io.stdout, `Written: ${PATH}`);
    return 0;
  }
});

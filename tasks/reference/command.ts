import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '../shared/Command';
import { printText } from '../shared/print-text';
import { formatReference } from './format-reference';

/** Where the reference lies, from the repository. */
const PATH = 'docs/reference.md';

/** `npm run reference`. */
export const reference = defineCommand({
  name: 'npm run reference',
  about: [
    `Writes ${PATH} from the code's own tables: parameters, variables, report, statuses, warnings and error codes.`
  ],
  options: {},
  interrupted: 'Stopped.',
  run(_line, { root, stdout }) {
    writeFileSync(join(root, PATH), formatReference());
    printText(stdout, `Written: ${PATH}`);
    return Promise.resolve(0);
  }
});

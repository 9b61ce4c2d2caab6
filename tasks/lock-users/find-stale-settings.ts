import { statSync } from 'node:fs';
import { join } from 'node:path';
import { notePath } from '../local/running-platform-file';

/** That the local platform runs with other settings than the file has, and what to do. */
export interface StaleSettings {
  readonly what: string;
  readonly mend: string;
}

/** Whether `.journeyrc` was changed since the local platform has read it; undefined where it was not, or none has run. */
export function findStaleSettings(root: string): StaleSettings | undefined {
  const [file, note] = [join(root, '.journeyrc'), notePath(root)].map((path) =>
    statSync(path, { throwIfNoEntry: false })
  );
  if (file === undefined || note === undefined || file.mtimeMs <= note.mtimeMs) return undefined;
  return {
    what: '.journeyrc was changed after "npm run local" had read it.',
    mend: 'Stop the local platform with Ctrl-C and start it again: only then the change counts.'
  };
}

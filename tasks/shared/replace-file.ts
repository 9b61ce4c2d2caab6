import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file so that it is whole whenever this process is killed. @throws Error where it cannot be written */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

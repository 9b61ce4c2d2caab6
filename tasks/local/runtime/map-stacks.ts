import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Makes the stacks of this process name positions in the sources, where `<file>.map` is beside a file. A map is read when a stack
 * that names its file is: `--enable-source-maps` reads the map of every file that is loaded, a tenth of a short task's time.
 */
export function mapStacks(): void {
  const maps = new Map<string, SourceMap | undefined>();
  const findMap = (path: string): SourceMap | undefined => {
    if (!maps.has(path)) maps.set(path, readMap(path));
    return maps.get(path);
  };
  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${showFrame(frame, findMap)}`)].join('\n');
}

function readMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    // Most packages have none.
    return undefined;
  }
}

function showFrame(frame: NodeJS.CallSite, findMap: (path: string) => SourceMap | undefined): string {
  const [path, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (typeof path !== 'string' || line === null || column === null) return String(frame);
  const entry = findMap(path)?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalSource' in entry)) return String(frame);
  const source = join(dirname(path), entry.originalSource);
  return String(frame).replace(
    `${path}:${line}:${column}`,
    `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  );
}

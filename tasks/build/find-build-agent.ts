import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const AGENT = '@journeyapps/cloudcode-build-agent';

/**
 * A sentence on the platform's own build agent and how to call it, or undefined where it is not installed in `root`.
 *
 * It is an optional peer that nothing here needs. Its commands are published nowhere, so they are read out of its own
 * package.json.
 */
export function describeBuildAgent(root: string): string | undefined {
  const path = join(root, 'node_modules', AGENT, 'package.json');
  if (!existsSync(path)) return undefined;
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
    version?: string;
    bin?: string | Record<string, string>;
  };
  const commands = typeof manifest.bin === 'string' ? ['cloudcode-build-agent'] : Object.keys(manifest.bin ?? {});
  const usage = commands.map((command) => `npx ${command} --help`).join(', ');
  const installed = `${AGENT} ${manifest.version ?? ''} is installed: the platform's own build can be used as well`;
  return usage === '' ? `${installed}.` : `${installed}: ${usage}`;
}

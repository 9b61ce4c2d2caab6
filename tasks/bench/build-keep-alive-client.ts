import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashTexts } from '../shared/hash-folder';
import { loadTypeScript, readTypeScriptVersion } from '../shared/load-typescript';
import { provideFolder } from '../shared/provide-folder';

const OPTIONS = { target: 'es2022', module: 'commonjs', esModuleInterop: true };

/**
 * Builds the bare client as a task, so that the local runtime runs and measures it as it does lock_users.
 *
 * @returns its folder
 */
export function buildKeepAliveClient(root: string): string {
  const folder = join(root, 'dist', '.keep-alive-client');
  const source = readFileSync(join(__dirname, 'keep-alive-client.ts'), 'utf8');
  provideFolder({
    folder,
    inputs: hashTexts([source, readTypeScriptVersion(), JSON.stringify(OPTIONS)]),
    make(emptyFolder) {
      const ts = loadTypeScript();
      const { options } = ts.convertCompilerOptionsFromJson(OPTIONS, __dirname);
      const { outputText } = ts.transpileModule(source, { compilerOptions: options });
      writeFileSync(join(emptyFolder, 'index.js'), outputText);
    }
  });
  return folder;
}

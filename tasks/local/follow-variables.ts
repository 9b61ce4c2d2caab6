import { chooseLocalDeployment, loadSettings } from '../shared/settings/load-settings';

type Variables = Readonly<Record<string, string>>;

/**
 * Reads the variables of the local deployment out of `.journeyrc` each time that it is asked: `lock-users config` shows what the
 * file says now. Where the file is wrong, those that were read before are returned.
 *
 * @param variables those of the start
 * @param onLog is told why the file cannot be used, once
 */
export function followVariables(root: string, variables: Variables, onLog: (line: string) => void): () => Variables {
  let last = variables;
  let told: string | undefined;
  return () => {
    try {
      last = chooseLocalDeployment(loadSettings(root)).variables ?? {};
      told = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told) onLog(`${reason}\nUntil it is corrected, the variables from before apply.`);
      told = reason;
    }
    return last;
  };
}

import omit from 'lodash/omit';
import type { ProgramOptions } from './Invocation';

/** Options of one call alone: how it prints, what a person has agreed to, and what comes before the change. */
const OF_ONE_CALL = ['json', 'quiet', 'input', 'confirm', 'app', 'dryRun', 'out', 'force'] as const;

/** The options that the same command has when it is called again: whom it means above all. */
export function repeatOptions(options: ProgramOptions): ProgramOptions {
  return omit(options, OF_ONE_CALL);
}

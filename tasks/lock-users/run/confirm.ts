import { UsageError } from '../../shared/command-errors';
import { RefusedError } from '../exit-codes';
import type { Invocation } from '../Invocation';

/** What somebody has to agree to. */
export interface Change {
  /** `lock`, `unlock` or `sign out`. */
  readonly verb: string;
  readonly count: number;
  readonly label: string | null;
  readonly environment: string | null;
}

const NOTHING_SENT = 'Nothing was sent.';

/**
 * Has the number of users typed back, and on a production environment the app's label too; or takes both from the command line.
 *
 * @throws RefusedError where they differ
 * @throws UsageError where nobody can be asked
 */
export async function confirm(invocation: Invocation, { verb, count, label, environment }: Change): Promise<void> {
  const { options } = invocation;
  const given =
    options.confirm ?? (await ask(invocation, `Type the number of users to ${verb} (${count}): `, '--confirm'));
  if (given.trim() !== String(count)) {
    throw new RefusedError(
      `${count} users would be ${verb === 'sign out' ? 'signed out' : `${verb}ed`}, and you said ${JSON.stringify(given.trim())}. ${NOTHING_SENT}`
    );
  }
  if (!/^prod/i.test(environment ?? '') || label === null) return;
  const app =
    options.app ?? (await ask(invocation, `This is ${environment ?? ''}. Type the app's label (${label}): `, '--app'));
  if (app.trim() !== label) {
    throw new RefusedError(
      `The app is ${JSON.stringify(label)}, and you said ${JSON.stringify(app.trim())}. ${NOTHING_SENT}`
    );
  }
}

async function ask(invocation: Invocation, question: string, option: string): Promise<string> {
  const answer = await invocation.ask(question);
  if (answer === undefined) throw new UsageError(`Nobody can be asked here: give ${option}. ${NOTHING_SENT}`);
  return answer;
}

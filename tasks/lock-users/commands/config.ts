import { EXIT_CODES } from '../exit-codes';
import { formatTable } from '../format-table';
import type { Invocation, Outcome } from '../Invocation';
import { readTargetValues } from '../read-target';
import type { Value } from '../read-target';

/** Shows each setting and where it comes from. The token is shown as `[redacted]`. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { token, variables, isLocal, ...values } = await readTargetValues(invocation);
  const shown: Record<string, Value> = {
    ...values,
    token: { value: token.value === undefined ? undefined : '[redacted]', origin: token.origin }
  };
  // The platform of "npm run local" gets them as well.
  const origin = isLocal ? '.journeyrc' : '.journeyrc (counts with --direct alone)';
  for (const [name, value] of Object.entries(variables)) shown[name] = { value, origin };
  const rows = Object.entries(shown).map(([name, { value, origin }]) => [name, value ?? '-', origin]);
  return {
    exitCode: EXIT_CODES.allThere.code,
    data: { isLocal, settings: shown },
    lines: formatTable([['SETTING', 'VALUE', 'ORIGIN'], ...rows]),
    next: { command: 'doctor' }
  };
}

import { EXIT_CODES } from '../exit-codes';
import { formatTable } from '../format-table';
import { findStaleSettings } from '../find-stale-settings';
import type { Invocation, Outcome } from '../Invocation';
import { readTargetValues } from '../read-target';
import type { Value } from '../read-target';

/** Where the variables of a deployment come from, and when they count: those of OXIDE are not shown. */
const OF_DIRECT = '.journeyrc (counts with --direct alone)';
const OF_LOCAL = '.journeyrc (read when "npm run local" starts; and with --direct)';

/** Shows each setting and where it comes from. The token is shown as `[redacted]`. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { token, variables, isLocal, ...values } = await readTargetValues(invocation);
  const shown: Record<string, Value> = {
    ...values,
    token: { value: token.value === undefined ? undefined : '[redacted]', origin: token.origin }
  };
  const origin = isLocal ? OF_LOCAL : OF_DIRECT;
  for (const [name, value] of Object.entries(variables)) shown[name] = { value, origin };
  const stale = isLocal && values.backendUrl.value !== undefined ? findStaleSettings(invocation.io.root) : undefined;
  const warnings = stale === undefined ? [] : [`${stale.what} ${stale.mend}`];
  const rows = Object.entries(shown).map(([name, { value, origin }]) => [name, value ?? '-', origin]);
  return {
    exitCode: EXIT_CODES.allThere.code,
    data: { isLocal, settings: shown, warnings },
    lines: [...formatTable([['SETTING', 'VALUE', 'ORIGIN'], ...rows]), ...warnings],
    next: { command: 'doctor' }
  };
}

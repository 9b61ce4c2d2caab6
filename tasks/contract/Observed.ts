import type { ContractAnswer, ContractClient } from './ContractClient';
import type { Findings } from './Findings';

/** What the reads work with. */
export interface Observed {
  readonly client: ContractClient;
  readonly findings: Findings;
  readonly userId: string;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

/** The objects of a list; none where it is no list. */
export function readList({ status, json }: ContractAnswer): readonly unknown[] {
  const objects = json?.['objects'];
  return status === 200 && Array.isArray(objects) ? objects : [];
}

/** The ids of a list. */
export function idsOf(answer: ContractAnswer): readonly unknown[] {
  return readList(answer).map((object) => ((object ?? {}) as { readonly id?: unknown }).id);
}

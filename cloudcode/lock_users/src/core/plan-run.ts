/** Who is selected and who of them must be left alone. */
export interface Observation {
  /** Ids of the selected users, each once, in the order they were read. */
  readonly selectedIds: readonly string[];
  readonly protectedIds: ReadonlySet<string>;
  readonly excludedIds: ReadonlySet<string>;
  /** Users whom the users API shows as locked. */
  readonly lockedIds: ReadonlySet<string>;
}

/** What a run is about to do, and why it leaves the others alone. The counts add up to the selected users. */
export interface Plan {
  readonly plannedIds: readonly string[];
  readonly counts: {
    readonly selected: number;
    readonly protected: number;
    readonly excluded: number;
    readonly alreadyLocked: number;
    readonly planned: number;
  };
}

/** The plan of no users, for a run that ends before it knows any. */
export const EMPTY_PLAN: Plan = {
  plannedIds: [],
  counts: { selected: 0, protected: 0, excluded: 0, alreadyLocked: 0, planned: 0 }
};

/**
 * selected − protected − excluded − already locked = planned. A user who is several of these counts as the first, so
 * that protection is seen to work even for a user who is locked already.
 */
export function planRun(observation: Observation): Plan {
  const { selectedIds, protectedIds, excludedIds, lockedIds } = observation;
  const plannedIds: string[] = [];
  const left = { protected: 0, excluded: 0, alreadyLocked: 0 };
  for (const userId of selectedIds) {
    if (protectedIds.has(userId)) left.protected++;
    else if (excludedIds.has(userId)) left.excluded++;
    else if (lockedIds.has(userId)) left.alreadyLocked++;
    else plannedIds.push(userId);
  }
  return { plannedIds, counts: { selected: selectedIds.length, ...left, planned: plannedIds.length } };
}

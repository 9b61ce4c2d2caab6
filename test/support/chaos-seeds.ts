const GROUP_SIZE = 17;

/**
 * The seeds 1 to 34 that the tests play, in two groups: they draw every action, and locks that wipe. `npm run chaos` plays
 * more.
 */
export const SEED_GROUPS: readonly (readonly number[])[] = [0, 1].map((group) =>
  Array.from({ length: GROUP_SIZE }, (_, index) => group * GROUP_SIZE + index + 1)
);

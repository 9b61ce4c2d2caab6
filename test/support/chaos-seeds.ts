/**
 * The seeds that the tests play, in two groups: they draw every action, and locks that wipe. `npm run chaos` plays more.
 */
export const SEED_GROUPS: readonly (readonly number[])[] = [
  [1, 2, 3, 4, 5, 6, 7, 17, 32, 40],
  [8, 9, 10, 11, 12, 13, 16, 18, 29, 38]
];

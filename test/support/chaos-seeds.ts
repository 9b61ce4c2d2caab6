const GROUP_SIZE = 50;

/**
 * The seeds 1 to 100 that the tests play, in two groups; `npm run chaos -- --seeds 1000` plays more. Two test files play
 * them, so that two workers share the work.
 */
export const SEED_GROUPS: readonly (readonly number[])[] = [0, 1].map((group) =>
  Array.from({ length: GROUP_SIZE }, (_, index) => group * GROUP_SIZE + index + 1)
);

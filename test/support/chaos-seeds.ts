const GROUP_SIZE = 50;

/** The seeds 1 to 200 that the tests play, in four groups. Two test files play them, so that two workers share the work. */
export const SEED_GROUPS: readonly (readonly number[])[] = [0, 1, 2, 3].map((group) =>
  Array.from({ length: GROUP_SIZE }, (_, index) => group * GROUP_SIZE + index + 1)
);

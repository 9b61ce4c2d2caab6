import type { SeedRequest } from './backend/start-backend';

/** A lifelike app of that many users: 6 % are locked already, 15 % have two devices, 5 % were never in the app. */
export function chooseSeedGroups(users: number): SeedRequest {
  const share = (part: number): number => Math.floor(users * part);
  return { users, locked: share(0.06), twoDevices: share(0.15), neverEnrolled: share(0.05) };
}

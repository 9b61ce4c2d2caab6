import type { Reason } from './UserState';

/** A user that no page of the users API holds. */
export const NOT_SHOWN: Reason = {
  type: 'NOT_SHOWN',
  detail: 'The users API does not show the user, so nobody knows.'
};

/** A user that is not sent again, because nothing shows what became of the first time. */
export const CACHED: Reason = {
  type: 'CACHED',
  detail: 'The users API answers out of a cache, and an earlier invocation may have sent the user, so nobody is sent.'
};

/** A user of whom the first look said too much. */
export const OUT_OF_DATE: Reason = {
  type: 'OUT_OF_DATE',
  detail: 'The users API showed the user in the goal state at first, and not in it later, when nothing more was sent.'
};

/** Why an unlock that was answered with success counts as unconfirmed in the record: nothing has shown it yet. */
export const UNVERIFIED: Reason = {
  type: 'UNVERIFIED',
  detail: 'The platform answered success, and the users were not read again.'
};

/** Whether any user may have been changed when something went wrong. */
export type UsersChanged = 'no' | 'yes' | 'maybe';

const USERS_CHANGED_SENTENCE: Record<UsersChanged, string> = {
  no: 'No user was changed.',
  yes: 'Some users were changed before that.',
  maybe: 'Some users may have been changed.'
};

/** The message, whether any user was changed, and the next step, as one line of text. */
export function describeError(
  details: { readonly message: string; readonly nextStep: string },
  usersChanged: UsersChanged
): string {
  return `${details.message} ${USERS_CHANGED_SENTENCE[usersChanged]} ${details.nextStep}`;
}

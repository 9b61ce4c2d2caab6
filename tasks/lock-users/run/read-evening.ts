import type { Checked } from '../../../cloudcode/lock_users/src/input/Check';
import { checkWindow } from '../../../cloudcode/lock_users/src/input/lock-window';
import {
  checkUnlockAt,
  describeMoment,
  findUnlockAtMistake,
  formatMoment,
  resolveUnlockAt
} from '../../../cloudcode/lock_users/src/input/unlock-at';
import { UsageError } from '../../shared/command-errors';
import type { Invocation } from '../Invocation';

/** What `--unlock-at` and `--window` ask for. */
export interface Evening {
  readonly parameters: { readonly unlockAt?: string; readonly window?: string };
  /** When the users are let back in, for a person; undefined: not by itself. */
  readonly letInAt: string | undefined;
}

/**
 * Reads when a lock may begin, and when it is undone by itself: that moment is fixed here, so that it stays the one that is shown.
 *
 * @throws UsageError where they are wrong, or `--direct` is to wait for the morning
 */
export function readEvening({ options, io }: Invocation): Evening {
  const { unlockAt: wanted, window, direct } = options;
  if (window !== undefined) take(checkWindow(window, '--window'));
  const parameters = window === undefined ? {} : { window };
  if (wanted === undefined) return { parameters, letInAt: undefined };
  if (direct === true) {
    throw new UsageError(
      '--unlock-at needs the deployed task: with --direct nothing would be there in the morning to let people in. Nothing was sent. Leave --direct out, or unlock by hand: "lock-users undo RUN --direct".'
    );
  }
  const unlockAt = take(checkUnlockAt(wanted, '--unlock-at'));
  const nowMs = io.clock.nowMs();
  const atMs = resolveUnlockAt(unlockAt, nowMs);
  const mistake = findUnlockAtMistake(atMs, nowMs);
  if (mistake !== undefined) throw new UsageError(mistake.replace('"unlockAt"', '--unlock-at'));
  return { parameters: { ...parameters, unlockAt: formatMoment(atMs) }, letInAt: describeMoment(atMs, unlockAt) };
}

function take<T>(checked: Checked<T>): T {
  if ('value' in checked) return checked.value;
  throw new UsageError(checked.mistakes.join(' '));
}

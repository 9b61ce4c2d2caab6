/** What a check of `doctor` has found. */
export interface Finding {
  readonly check: string;
  /** `unknown`: it does not show from outside. */
  readonly state: 'ok' | 'bad' | 'unknown';
  readonly what: string;
  /** How to mend it, or how to look. */
  readonly mend?: string;
}

/** All is well. */
export const ok = (check: string, what: string): Finding => ({ check, state: 'ok', what });
/** Something is wrong. */
export const bad = (check: string, what: string, mend: string): Finding => ({ check, state: 'bad', what, mend });
/** It does not show. */
export const unknown = (check: string, what: string, mend: string): Finding => ({
  check,
  state: 'unknown',
  what,
  mend
});

/** Values of objects of `lock_run`: a run that is at work. */
export const RUNNING = {
  status: 'running',
  run_id: 'now',
  action: 'lock',
  started_at: '2026-02-02T00:00:00Z',
  locked: 3,
  planned: 9
};

/** A run that has ended, and does not know of two users. */
export const ENDED = {
  status: 'partial',
  run_id: 'before',
  action: 'lock',
  started_at: '2026-01-01T00:00:00Z',
  planned: 4,
  locked: 2,
  unconfirmed: 2,
  message: 'Two are not known.'
};

/** A run that was refused before it began, so that it never got a time at which it did. */
export const REFUSED = { status: 'refused', run_id: 'no', action: 'lock', finished_at: '2026-02-03T00:00:00Z' };

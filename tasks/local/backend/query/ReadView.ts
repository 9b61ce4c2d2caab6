/** How a fault makes a read differ from what is so now. */
export interface ReadView {
  /** It shows the state as it was so long ago, in milliseconds. */
  readonly agoMs?: number;
  /** A number from 0 to 1 that draws another order of the rows. */
  readonly order?: number;
  /** How the pages fail to make progress. */
  readonly noProgress?: NoProgress;
}

/**
 * `ignore-skip`: each page is the first. `repeat-last-page`: after the last page it comes again, and `more` is always true.
 * `more-for-ever`: `more` is always true, and pages beyond the end are empty.
 */
export type NoProgress = 'ignore-skip' | 'repeat-last-page' | 'more-for-ever';

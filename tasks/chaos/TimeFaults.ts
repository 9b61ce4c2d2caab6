/** What becomes of the order for a next invocation: it is taken at once, late, or never; and its answer may never come. */
export type OrderFault = 'none' | 'slow' | 'lost' | 'taken silently' | 'refused twice';

/** Trouble with time and with texts, drawn by a seed. */
export interface TimeFaults {
  /** The answer to so large a share of the saves of a record comes so late. */
  readonly saves: { readonly share: number; readonly delayMs: number };
  readonly order: OrderFault;
  /** The wall clock of the task is set so much, so long after each invocation began. */
  readonly jump: { readonly afterMs: number; readonly byMs: number };
  /** What errors without a `Retry-After` say in one, if they say anything. */
  readonly retryAfter: readonly string[];
  /** Budget of each invocation. */
  readonly budgetMs: number;
  /** Whether labels and details hold characters that do harm in a log. */
  readonly hostileTexts: boolean;
}

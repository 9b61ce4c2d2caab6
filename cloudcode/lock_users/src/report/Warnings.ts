import { cleanText, MAX_MESSAGE_BYTES } from '../outside-text';
import type { Log } from '../ports';
import type { Warning, WarningCode } from './Report';

/** Ids that a warning names. Ours, for readable logs. */
const MAX_IDS = 20;

/** The warnings of an invocation: each is logged at once and kept for the report. */
export class Warnings {
  readonly list: Warning[] = [];

  constructor(private readonly log: Log) {}

  has(code: WarningCode): boolean {
    return this.list.some((warning) => warning.code === code);
  }

  /** Adds a warning; the same one again is left out. */
  add(code: WarningCode, text: string): void {
    const message = cleanText(text, MAX_MESSAGE_BYTES);
    if (this.list.some((known) => known.code === code && known.message === message)) return;
    this.list.push({ code, message });
    this.log.line(`Warning: ${message}`);
  }

  /** Adds a warning about ids, if there are any. @param describe the sentence, for `1 id` or `2 ids` and `is` or `are` */
  addIds(code: WarningCode, ids: readonly string[], describe: (count: string, are: string) => string): void {
    if (ids.length === 0) return;
    const [count, are] = ids.length === 1 ? ['1 id', 'is'] : [`${ids.length} ids`, 'are'];
    const named = ids.slice(0, MAX_IDS).join(', ');
    this.add(code, `${describe(count, are)}: ${named}${ids.length > MAX_IDS ? ', …' : ''}`);
  }
}

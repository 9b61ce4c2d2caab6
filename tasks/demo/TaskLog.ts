/** Lines that the story says in words of its own: in the plan before, in the title of the chapter after, in the result. */
const SAID_BY_THE_STORY = /^(Address and token from |Selected: |Protected: |To let them back in: |No action needed\.$)/;

/**
 * Shows a run's log on one screen: without the report as JSON, without the lines of an earlier log, and without what the story says
 * itself.
 */
export class TaskLog {
  /** Every line so far. */
  readonly seen = new Set<string>();
  private staying = 0;
  /** One of the users that stay locked is enough: the lines differ in little but the ids. */
  private hasNamedOne = false;

  /** @param told lines that are not shown again */
  constructor(
    private readonly print: (line: string) => void,
    private readonly told: ReadonlySet<string> = new Set()
  ) {}

  /** Takes a line of the log. */
  readonly onLog = (line: string): void => {
    this.seen.add(line);
    // The last line is the report, which the table shows better.
    if (line.startsWith('{') || this.told.has(line) || SAID_BY_THE_STORY.test(line)) return;
    this.staying = Number(/^(\d+) users? stays? locked:$/.exec(line)?.[1] ?? this.staying);
    const isStaying = line.startsWith('stays locked: ');
    // The log names 20 of them and counts the rest. Here the first is named, and the others are counted.
    if (this.hasNamedOne && (isStaying || line.startsWith('… and '))) return;
    const rest = isStaying && this.staying > 1 ? ` (and ${this.staying - 1} more)` : '';
    this.hasNamedOne ||= isStaying;
    this.print(`${line}${rest}`);
  };
}

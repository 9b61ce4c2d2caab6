import type { Switches } from '../local/backend/control/Switches';
import { UNKNOWNS } from './unknowns';
import type { UnknownName } from './unknowns';

/** What was seen of one unknown. */
interface Finding {
  /** Whether it is as assumed; undefined where what was seen does not tell. */
  readonly agrees: boolean | undefined;
  /** One sentence. */
  readonly seen: string;
}

/** What a deployment was seen to do, for each unknown, and the switches that make the local platform do the same. */
export class Findings {
  private readonly findings = new Map<UnknownName, Finding>();
  private readonly settled: Partial<Record<keyof Switches, string>> = {};

  /** @param agrees undefined where what was seen does not tell whether it is as assumed */
  note(name: UnknownName, agrees: boolean | undefined, seen: string): void {
    this.findings.set(name, { agrees, seen });
  }

  /** Settles a switch. */
  settle<Name extends keyof Switches>(name: Name, value: Switches[Name]): void {
    this.settled[name] = value;
  }

  /** Those that were settled; the local platform has its harshest value for the others. */
  switches(): Partial<Switches> {
    return { ...this.settled } as Partial<Switches>;
  }

  /** A table in Markdown, one row for each unknown. */
  toTable(): string {
    const names = Object.keys(UNKNOWNS) as UnknownName[];
    const rows = names.map((name) => {
      const { assumed } = UNKNOWNS[name];
      return [assumed, this.describeSwitch(name), this.describe(name)];
    });
    const head = ['Assumed', 'Switch', 'This deployment'];
    const lines = [head, head.map(() => '---'), ...rows];
    return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
  }

  private describe(name: UnknownName): string {
    const finding = this.findings.get(name);
    if (finding === undefined) return `Not known. ${UNKNOWNS[name].otherwise}`;
    const { agrees, seen } = finding;
    return `${agrees === undefined ? 'Not known.' : agrees ? 'As assumed.' : '**Otherwise.**'} ${seen}`;
  }

  private describeSwitch(name: UnknownName): string {
    const unknown = UNKNOWNS[name];
    if (!('switchName' in unknown)) return '';
    const value = this.settled[unknown.switchName];
    return value === undefined ? `\`${unknown.switchName}\`` : `\`${unknown.switchName}=${value}\``;
  }
}

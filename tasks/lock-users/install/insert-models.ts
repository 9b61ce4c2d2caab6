import { findElements, readAttribute } from './find-elements';
import type { XmlElement } from './find-elements';

/** A data model with the models in it. */
export interface InsertedModels {
  readonly schema: string;
  /** What was inserted, such as `model lock_run` or `lock_run: field stop_requested`. */
  readonly inserted: readonly string[];
  /** What is there in another form and was left so. */
  readonly differences: readonly string[];
}

/** The vendor's check wants elements of a lower rank before those of a higher; those that are not named come last. */
const RANKS: Readonly<Record<string, number>> = { field: 1, 'belongs-to': 2, 'has-many': 2 };
const LAST_RANK = 3;

/** Indentation of the snippet, for each level. */
const SNIPPET_UNIT = '  ';

/**
 * Inserts models into a data model, and into models that are there what they lack, in the vendor's order. Whatever is there stays as it
 * is, with its formatting; doing it again changes nothing.
 *
 * @param schema the app's `schema.xml`
 * @param snippet the models, indented by two spaces for each level
 * @throws Error where the text is no data model
 */
export function insertModels(schema: string, snippet: string): InsertedModels {
  const root = findElements(schema).find(({ tag }) => tag === 'data-model');
  if (root === undefined || root.contentEnd === root.contentStart) {
    throw new Error('schema.xml has no <data-model> with models in it.');
  }
  const models = findElements(schema, root.contentStart, root.contentEnd);
  const merging = new Merging(schema, snippet, readStyle(schema, models));
  const wanted = findElements(snippet);
  const missing = wanted.filter(({ key }) => models.every((model) => model.key !== key));
  if (missing.length === wanted.length) merging.append(root, snippet, wanted);
  else {
    for (const model of missing) merging.append(root, snippet.slice(model.start, model.end), [model]);
    for (const model of wanted) {
      const existing = models.find(({ key }) => key === model.key);
      if (existing !== undefined) merging.merge(existing, model, model.key.replace('model ', ''));
    }
  }
  return merging.finish();
}

interface Style {
  readonly unit: string;
  readonly lineEnd: string;
}

function readStyle(schema: string, models: readonly XmlElement[]): Style {
  const [model] = models;
  const indentation = model === undefined ? undefined : /(?:^|\n)([ \t]*)$/.exec(schema.slice(0, model.start))?.[1];
  return {
    unit: indentation === undefined || indentation === '' ? SNIPPET_UNIT : indentation,
    lineEnd: schema.includes('\r\n') ? '\r\n' : '\n'
  };
}

class Merging {
  private readonly insertions: { readonly at: number; readonly text: string }[] = [];
  private readonly inserted: string[] = [];
  private readonly differences: string[] = [];

  constructor(
    private readonly schema: string,
    private readonly snippet: string,
    private readonly style: Style
  ) {}

  /** Adds models at the end of the data model, on lines of their own. */
  append(root: XmlElement, text: string, models: readonly XmlElement[]): void {
    const before = this.schema.slice(0, root.contentEnd);
    // The closing tag keeps the indentation that it has.
    const at = before.length - (/[ \t]*$/.exec(before)?.[0].length ?? 0);
    const lead = before.slice(0, at).endsWith('\n') ? '' : this.style.lineEnd;
    const lines = this.format(/^\s/.test(text) ? text.trimEnd() : `${SNIPPET_UNIT}${text}`);
    this.insertions.push({ at, text: `${lead}${lines}${this.style.lineEnd}` });
    for (const { key } of models) this.inserted.push(key);
  }

  /** Inserts what an element lacks. @param place names the element in what is told */
  merge(existing: XmlElement, wanted: XmlElement, place: string): void {
    const { schema, snippet } = this;
    // What has another type is left as it is, and what closes itself has no room.
    if (!this.hasSameType(existing, wanted, place) || existing.contentStart === existing.end) return;
    const children = findElements(snippet, wanted.contentStart, wanted.contentEnd);
    if (children.length === 0) return;
    const own = findElements(schema, existing.contentStart, existing.contentEnd);
    let previous: XmlElement | undefined;
    for (const child of children) {
      const same = own.find(({ key }) => key === child.key);
      if (same === undefined) {
        // A display is there once, whatever it shows; only what is named can lack.
        if (child.tag === 'display' && own.some(({ tag }) => tag === 'display')) continue;
        this.insertions.push({ at: this.choosePlace(existing, own, child, previous), text: this.formatChild(child) });
        this.inserted.push(`${place}: ${child.key}`);
      } else {
        this.merge(same, child, `${place}: ${child.key}`);
        previous = same;
      }
    }
  }

  finish(): InsertedModels {
    let { schema } = this;
    // From the end, so that offsets stay right; of those at one place the last one first, so that they keep their order.
    const ordered = this.insertions.map((insertion, index) => ({ ...insertion, index }));
    for (const { at, text } of ordered.sort((a, b) => b.at - a.at || b.index - a.index)) {
      schema = schema.slice(0, at) + text + schema.slice(at);
    }
    return { schema, inserted: this.inserted, differences: this.differences };
  }

  private choosePlace(
    parent: XmlElement,
    own: readonly XmlElement[],
    child: XmlElement,
    previous: XmlElement | undefined
  ): number {
    if (previous !== undefined && rankOf(previous) === rankOf(child)) return previous.end;
    return own.filter((sibling) => rankOf(sibling) < rankOf(child)).at(-1)?.end ?? parent.contentStart;
  }

  private hasSameType(existing: XmlElement, wanted: XmlElement, place: string): boolean {
    const [found, expected] = [
      readAttribute(this.schema.slice(existing.start, existing.contentStart), ['type']),
      readAttribute(this.snippet.slice(wanted.start, wanted.contentStart), ['type'])
    ];
    if (found === expected) return true;
    this.differences.push(`${place} has the type "${found ?? ''}", and "${expected ?? ''}" is needed`);
    return false;
  }

  private formatChild({ start, end }: XmlElement): string {
    const lineStart = this.snippet.lastIndexOf('\n', start) + 1;
    return `${this.style.lineEnd}${this.format(this.snippet.slice(lineStart, end))}`;
  }

  /** Lines of the snippet with the indentation and the line ends of the app's file. */
  private format(text: string): string {
    const { unit, lineEnd } = this.style;
    return text
      .split('\n')
      .map((line) => line.replace(/^ +/, (spaces) => unit.repeat(Math.floor(spaces.length / SNIPPET_UNIT.length))))
      .join(lineEnd);
  }
}

function rankOf({ tag }: XmlElement): number {
  return RANKS[tag] ?? LAST_RANK;
}

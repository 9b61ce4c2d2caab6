import type { Node } from '@xmldom/xmldom';

/** A place in the text of a data model, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a node of the document begins: an element at its `<`, an attribute at its value, text at its first character. */
export function placeOf(node: Node): Place {
  return { line: node.lineNumber ?? 1, column: node.columnNumber ?? 1 };
}

/** What is wrong with a data model, in the order of its text. */
export class Mistakes {
  private readonly mistakes: (Place & { readonly sentence: string })[] = [];
  private readonly notices: (Place & { readonly sentence: string })[] = [];

  /** Something for which the vendor's check refuses the data model. The sentence says what to do. */
  add(at: Node | Place, sentence: string): void {
    this.mistakes.push({ ...toPlace(at), sentence });
  }

  /** Something of which the vendor's check warns. */
  warn(at: Node | Place, sentence: string): void {
    this.notices.push({ ...toPlace(at), sentence });
  }

  list(): string[] {
    return this.mistakes.sort(byPlace).map(describe);
  }

  listWarnings(): string[] {
    return this.notices.sort(byPlace).map(describe);
  }
}

function toPlace(at: Node | Place): Place {
  return 'line' in at ? at : placeOf(at);
}

function byPlace(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column;
}

function describe({ line, column, sentence }: Place & { readonly sentence: string }): string {
  return `line ${line}, column ${column}: ${sentence}`;
}

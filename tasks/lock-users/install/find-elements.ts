/** An element in the text of an XML file, by offsets of characters. */
export interface XmlElement {
  readonly tag: string;
  /** What tells it from its siblings: the tag and the name, key or model that it has. */
  readonly key: string;
  readonly start: number;
  /** Just after its opening tag. */
  readonly contentStart: number;
  /** Where its closing tag begins; `contentStart` where it closes itself. */
  readonly contentEnd: number;
  readonly end: number;
}

/**
 * The elements directly inside a part of an XML text, in their order. What stands in comments and CDATA is none. The text itself is
 * left as it is, which no parser of XML would do.
 *
 * @param text a data model: no element contains another one of the same tag
 */
export function findElements(text: string, from = 0, to = text.length): XmlElement[] {
  const masked = maskComments(text);
  const opening = /<([\w-]+)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>/g;
  const found: XmlElement[] = [];
  opening.lastIndex = from;
  for (let match = opening.exec(masked); match !== null && match.index < to; match = opening.exec(masked)) {
    const [whole, tag = '', attributes = '', slash] = match;
    const contentStart = match.index + whole.length;
    const closing = slash === '/' ? undefined : findClosing(masked, tag, contentStart);
    const end = closing?.end ?? contentStart;
    const key = `${tag} ${readAttribute(attributes, ['name', 'key', 'model']) ?? ''}`.trim();
    found.push({ tag, key, start: match.index, contentStart, contentEnd: closing?.start ?? contentStart, end });
    opening.lastIndex = end;
  }
  return found;
}

/** The value of the first of these attributes that is there. */
export function readAttribute(attributes: string, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
    if (found !== null) return found[1] ?? found[2];
  }
  return undefined;
}

function findClosing(masked: string, tag: string, from: number): { start: number; end: number } {
  const closing = new RegExp(`</${tag}\\s*>`, 'g');
  closing.lastIndex = from;
  const found = closing.exec(masked);
  // Not well-formed: whoever parses the result says so.
  return found === null
    ? { start: masked.length, end: masked.length }
    : { start: found.index, end: found.index + found[0].length };
}

/** The same text with spaces where comments, CDATA and the like stand. */
function maskComments(text: string): string {
  return text.replace(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<[?!][^>]*>/g, (hidden) => ' '.repeat(hidden.length));
}

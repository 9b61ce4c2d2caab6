import type { Attr, Element, Node } from '@xmldom/xmldom';

/** The elements directly in an element, of one tag or of all. */
export function listChildren(element: Element, tag?: string): Element[] {
  const elements = Array.from(element.childNodes).filter(
    (node): node is Element => node.nodeType === node.ELEMENT_NODE
  );
  return tag === undefined ? elements : elements.filter((child) => child.tagName === tag);
}

/** The value of an attribute, or undefined where it is not there. An empty one is there. */
export function readAttribute(element: Element, name: string): string | undefined {
  return element.getAttributeNode(name)?.value;
}

/** What to point at for an attribute: its value, or the element where it is not there. */
export function nodeOf(element: Element, attribute: string): Element | Attr {
  return element.getAttributeNode(attribute) ?? element;
}

/** The text directly in an element, as far as it is more than white space. */
export function findText(element: Element): Node | undefined {
  return Array.from(element.childNodes).find(
    (node) => (node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE) && node.nodeValue?.trim()
  );
}

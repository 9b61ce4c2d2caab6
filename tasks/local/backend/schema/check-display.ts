import type { Element } from '@xmldom/xmldom';
import { nameOfRelation } from './check-relations';
import type { Models } from './check-relations';
import { placeOf } from './Mistakes';
import type { Mistakes, Place } from './Mistakes';
import { listChildren, nodeOf, readAttribute } from './read-element';

/** The display format of a model: the attribute `format`, or else the text. */
export function readDisplay(model: Element): string {
  const [display] = listChildren(model, 'display');
  return (display && (readAttribute(display, 'format') ?? display.textContent)) ?? '';
}

/** Checks that a model has a display format, and that what stands between its braces is there. */
export function checkDisplay(model: Element, name: string, models: Models, mistakes: Mistakes): void {
  const [display, second] = listChildren(model, 'display');
  if (display === undefined) {
    mistakes.add(model, `The model "${name}" has no display. Add <display>{…}</display> with a field of it.`);
    return;
  }
  if (second !== undefined)
    mistakes.warn(second, `The model "${name}" has a second display, which is ignored. Remove it.`);
  const text = readDisplay(model);
  // Two braces are an escaped one; "$:" begins a function of the app, which the backend does not know.
  for (const match of text.matchAll(/\{\{|\{(?!\s*\$:)([^{}]*)\}/g)) {
    const path = match[1]?.split(':')[0]?.trim();
    if (!path || knowsPath(model, path.split('.'), models)) continue;
    const place = placeInText(display, text, match.index);
    mistakes.add(place, `The display of "${name}" names "${path}", which the model does not have. Name a field of it.`);
  }
}

function knowsPath(model: Element, [head = '', ...rest]: readonly string[], models: Models): boolean {
  const relation = listChildren(model, 'belongs-to').find((candidate) => nameOfRelation(candidate) === head);
  if (relation !== undefined) {
    const related = models.get(readAttribute(relation, 'model') ?? '');
    // A model that is not there is a mistake of its own.
    return rest.length === 0 || related === undefined || knowsPath(related, rest, models);
  }
  return rest.length === 0 && listNames(model).includes(head);
}

function listNames(model: Element): string[] {
  const named = [...listChildren(model, 'field'), ...listChildren(model, 'has-many')];
  const ids = listChildren(model, 'belongs-to').map((relation) => `${nameOfRelation(relation)}_id`);
  return ['id', ...named.map((element) => readAttribute(element, 'name') ?? ''), ...ids];
}

/** Where a character of the display format stands, as long as the text has no entities. */
function placeInText(display: Element, text: string, index: number): Place {
  const isAttribute = readAttribute(display, 'format') !== undefined;
  const start = placeOf(isAttribute ? nodeOf(display, 'format') : (display.firstChild ?? display));
  const before = text.slice(0, index).split('\n');
  const column = (before.at(-1) ?? '').length;
  if (before.length > 1) return { line: start.line + before.length - 1, column: column + 1 };
  return { line: start.line, column: start.column + column + (isAttribute ? 1 : 0) };
}

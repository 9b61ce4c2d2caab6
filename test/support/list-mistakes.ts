import { parseDataModel } from '../../tasks/local/backend/state/parse-data-model';

/** A data model with one model `a`, whose content begins in line 3. */
export const wrap = (content: string, attributes = 'name="a" label="A"'): string =>
  `<data-model>\n<model ${attributes}>\n${content}\n</model>\n</data-model>`;

/** A field `t` of it. */
export const FIELD = '<field name="t" label="T" type="text"/>';

/** What it shows: that field. */
export const DISPLAY = '<display>{t}</display>';

/** A field `c` of this type, and a display. */
export const typed = (type: string, options = ''): string =>
  `<field name="c" label="C" type="${type}">${options}</field><display/>`;

/** The mistakes, each with its line and column. */
export function listMistakes(xml: string): string[] {
  try {
    parseDataModel(xml);
    return [];
  } catch (error) {
    return (error instanceof Error ? error.message : '').split('\n').filter((line) => line.includes('line '));
  }
}

import type { Element } from '@xmldom/xmldom';
import type { Mistakes } from './Mistakes';
import { findText, listChildren, nodeOf, readAttribute } from './read-element';

type Check = 'name' | 'not blank' | 'anything' | 'deprecated' | readonly string[];

/** What an element may have. */
interface Shape {
  readonly attributes: Readonly<Record<string, Check>>;
  readonly required?: readonly string[];
  /** Tags of its children with their rank: one of a lower rank must not follow one of a higher. Undefined: not checked. */
  readonly children?: Readonly<Record<string, number>>;
}

const TEXT_ALONE = {};

/** The elements of a data model, as the vendor's check has them (observed; github.com/journeyapps-platform/journey-lib). */
const SHAPES: Readonly<Record<string, Shape>> = {
  model: {
    attributes: { name: 'name', label: 'anything', classification: ['standard', 'sensitive'] },
    required: ['name', 'label'],
    children: {
      field: 1,
      'belongs-to': 2,
      'has-many': 2,
      display: 3,
      'notify-user': 3,
      index: 3,
      webhook: 3
    }
  },
  field: {
    attributes: {
      name: 'name',
      label: 'anything',
      type: 'not blank',
      media: 'anything',
      'auto-download': 'anything',
      spec: 'deprecated',
      'deprecated-spec': 'deprecated',
      minValue: 'deprecated',
      maxValue: 'deprecated'
    },
    required: ['name', 'type', 'label']
  },
  option: { attributes: { key: 'not blank' } },
  'belongs-to': { attributes: { name: 'name', model: 'not blank' }, required: ['model'] },
  'has-many': {
    attributes: { name: 'name', model: 'not blank', 'inverse-of': 'not blank' },
    required: ['name', 'model']
  },
  display: { attributes: { format: 'anything' }, children: TEXT_ALONE },
  index: { attributes: { name: 'name', on: 'not blank', database: 'not blank' }, required: ['on'] },
  'notify-user': {
    attributes: {
      message: 'not blank',
      'received-field': 'not blank',
      'recipient-field': 'not blank',
      'badge-count-field': 'not blank'
    }
  },
  webhook: {
    // What it must have is checked with its values.
    attributes: { name: 'name', type: 'anything', receiver: 'anything', action: 'anything' },
    children: { field: 1 }
  }
};

/** Elements that hold text. */
const WITH_TEXT = ['display', 'option'];

/** Checks what every element of a model has: its attributes, which children, and their order. */
export function checkStructure(model: Element, mistakes: Mistakes): void {
  checkElement(model, SHAPES['model'], mistakes);
  for (const child of listChildren(model)) {
    checkElement(child, SHAPES[child.tagName], mistakes);
    if (child.tagName === 'field') {
      for (const option of listChildren(child, 'option')) checkElement(option, SHAPES['option'], mistakes);
    }
  }
}

/** Checks that an element has no children but these, in this order. */
export function checkChildren(element: Element, ranks: Readonly<Record<string, number>>, mistakes: Mistakes): void {
  let highest = 0;
  for (const child of listChildren(element)) {
    const rank = ranks[child.tagName];
    if (rank === undefined) {
      const known = Object.keys(ranks).map((tag) => `<${tag}>`);
      const allowed = known.length === 0 ? 'nothing' : known.join(', ');
      mistakes.warn(child, `<${child.tagName}> is ignored here. <${element.tagName}> may hold ${allowed}.`);
    } else if (rank < highest) {
      mistakes.add(
        child,
        `<${child.tagName}> stands too late. The order is: fields, relations (belongs-to, has-many), and then display, webhooks, indexes. Move it up.`
      );
    } else highest = rank;
  }
  const text = WITH_TEXT.includes(element.tagName) ? undefined : findText(element);
  if (text !== undefined) mistakes.warn(text, `Text is ignored in <${element.tagName}>. Remove it.`);
}

function checkElement(element: Element, shape: Shape | undefined, mistakes: Mistakes): void {
  if (shape === undefined) return;
  const { attributes, required = [], children } = shape;
  const { tagName } = element;
  for (const { name, value } of Array.from(element.attributes)) {
    const check = attributes[name];
    const at = nodeOf(element, name);
    if (check === undefined) {
      mistakes.warn(at, `"${name}" is ignored. <${tagName}> may have ${Object.keys(attributes).join(', ')}.`);
    } else if (check === 'deprecated') mistakes.warn(at, `"${name}" is out of date. Remove it.`);
    else if (check === 'name' && !/^[A-Za-z]\w*$/.test(value)) {
      mistakes.add(
        at,
        `${describe(element)} has no proper name. Begin with a letter, and use letters, digits and "_".`
      );
    } else if (check === 'not blank' && value === '') {
      mistakes.add(at, `"${name}" of ${inSentence(element)} is empty. Give it a value or leave it out.`);
    } else if (Array.isArray(check) && !check.includes(value)) {
      mistakes.add(at, `"${name}" of ${inSentence(element)} is ${check.join(' or ')}, not "${value}".`);
    }
  }
  for (const name of required.filter((wanted) => readAttribute(element, wanted) === undefined)) {
    mistakes.add(element, `${describeLack(element, name)} Add ${name}="…".`);
  }
  if (children !== undefined) checkChildren(element, children, mistakes);
}

const NOUNS: Readonly<Record<string, string>> = {
  model: 'A model',
  field: 'A field',
  option: 'An option',
  'belongs-to': 'A relation',
  'has-many': 'A relation',
  index: 'An index',
  webhook: 'A webhook'
};

function describeLack(element: Element, attribute: string): string {
  if (attribute === 'name') return `${describe(element)} has no proper name.`;
  if (attribute === 'model') return `${describe(element)} names no model.`;
  return `${describe(element)} has no ${attribute}.`;
}

/** Such as `A field of the model "user"`, or `The field "user.name"` where it has a name. */
function describe(element: Element): string {
  const owner = (element.parentNode as Element | null)?.getAttribute?.('name');
  const name = readAttribute(element, 'name');
  const noun = NOUNS[element.tagName] ?? `An element <${element.tagName}>`;
  if (element.tagName === 'model') return name ? `The model "${name}"` : noun;
  if (element.tagName === 'field' && name && owner) return `The field "${owner}.${name}"`;
  return owner ? `${noun} of "${owner}"` : noun;
}

function inSentence(element: Element): string {
  const text = describe(element);
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

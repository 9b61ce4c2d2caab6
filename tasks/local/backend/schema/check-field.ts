import type { Element } from '@xmldom/xmldom';
import { checkChildren } from './check-structure';
import type { Mistakes } from './Mistakes';
import { listChildren, nodeOf, readAttribute } from './read-element';

/** Field types that this emulator can hold; attachments, photos, signatures, locations and tracks it cannot. */
const FIELD_TYPES = [
  'text',
  'number',
  'integer',
  'boolean',
  'date',
  'datetime',
  'single-choice',
  'single-choice-integer',
  'multiple-choice',
  'multiple-choice-integer'
];

/** What `text:` may be followed by (observed, as the rest of the rules here). */
const TEXT_SUBTYPES = [
  'address',
  'decimal-number',
  'email',
  'name',
  'number',
  'paragraph',
  'password',
  'phone-number',
  'signed-number',
  'south-african-id',
  'url'
];

const RESERVED_FOR_FIELDS = ['account', 'account_id', 'attribute', 'id', 'object', 'type', '_id', '_type'];

/** Checks a field's name, type and options. That it is the only one of its name is checked with the model. */
export function checkField(field: Element, model: string, mistakes: Mistakes): void {
  const name = readAttribute(field, 'name') ?? '';
  const full = `"${model}.${name}"`;
  // A name that ends in "_id" is a warning of the vendor's check which nothing here depends on.
  if (RESERVED_FOR_FIELDS.includes(name)) {
    mistakes.add(
      nodeOf(field, 'name'),
      `The platform keeps the name "${name}" of the field ${full} for itself. Choose another.`
    );
  }
  const written = readAttribute(field, 'type') ?? '';
  const [type = '', subtype] = written.split(/:(.*)/s);
  const isChoice = type.includes('choice') || type === 'boolean';
  checkChildren(field, isChoice ? { option: 1 } : {}, mistakes);
  if (written === '') return;
  const at = nodeOf(field, 'type');
  if (!FIELD_TYPES.includes(type)) {
    mistakes.add(at, `The field ${full} has the type "${written}"; the local backend knows ${FIELD_TYPES.join(', ')}.`);
  } else if (type === 'text' && subtype && !TEXT_SUBTYPES.includes(subtype)) {
    mistakes.add(
      at,
      `The field ${full} has the unknown subtype "${subtype}". Take one of ${TEXT_SUBTYPES.join(', ')}.`
    );
  }
  if (isChoice) checkOptions(field, type, full, mistakes);
}

function checkOptions(field: Element, type: string, full: string, mistakes: Mistakes): void {
  const options = listChildren(field, 'option');
  const isInteger = type.endsWith('-integer');
  const keys = new Set<string>();
  let next = 0;
  for (const option of options) {
    const key = readAttribute(option, 'key') ?? (isInteger ? String(next) : undefined);
    // An empty key is a mistake of its own.
    if (key === '') continue;
    const wrong = findWrongKey(key, type, keys);
    if (wrong !== undefined) mistakes.add(nodeOf(option, 'key'), `An option of the field ${full} ${wrong}`);
    if (key !== undefined) keys.add(key);
    next = Math.max(next, Number(key) + 1 || 0);
  }
  if (type === 'boolean' && options.length === 1) {
    mistakes.add(field, `The field ${full} needs an option for true and one for false, or none at all.`);
  }
}

function findWrongKey(key: string | undefined, type: string, keys: ReadonlySet<string>): string | undefined {
  if (key === undefined) return 'has no key. Add key="…".';
  if (type === 'boolean' && key !== 'true' && key !== 'false') return `has the key true or false, not "${key}".`;
  if (type.endsWith('-integer') && !/^-?\d+$/.test(key)) return `has the key "${key}", which is no whole number.`;
  return keys.has(key) ? `has the key "${key}", as one before it. Change one of them.` : undefined;
}

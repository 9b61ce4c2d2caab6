import type { Model } from './DataModel';
import { showOption } from './field-values';
import type { Value } from './field-values';

/** An object with its model. */
interface Described {
  readonly model: Model;
  readonly values: ReadonlyMap<string, Value>;
}

/** Finds the object that a belongs-to relation leads to. */
export type FindRelated = (model: string, id: string) => Described | undefined;

/** Objects that display each other are not followed further. Ours. */
const MAX_DEPTH = 5;

/**
 * An object as text, by its model's display format: `{title} ({depot.name})`. It follows belongs-to relations, and shows the
 * labels of choices, both as the vendor's client does; what has no value is empty. That a format such as `{size:.2f}` is shown
 * as if it had none, and dates as the API shows them, is assumed.
 */
export function formatDisplay(object: Described, find: FindRelated, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  return object.model.display.replace(/\{([^}:]*)(?::[^}]*)?\}/g, (_, path: string) =>
    formatPath(path.split('.'), object, find, depth)
  );
}

function formatPath([name = '', ...rest]: string[], object: Described, find: FindRelated, depth: number): string {
  const relation = object.model.belongsTo.get(name);
  if (relation === undefined) return formatValue(name, object);
  const related = find(relation.model, String(object.values.get(`${name}_id`)));
  if (related === undefined) return '';
  return rest.length === 0 ? formatDisplay(related, find, depth + 1) : formatPath(rest, related, find, depth);
}

function formatValue(name: string, { model, values }: Described): string {
  const value = values.get(name) ?? null;
  const field = model.fields.get(name);
  if (value === null || field === undefined) return '';
  const label = (key: unknown): string => showOption(field, key);
  return Array.isArray(value) ? value.map(label).join(', ') : label(value);
}

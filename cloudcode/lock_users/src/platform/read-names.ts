import { readUserId } from '../input/user-ids';
import { cleanText, MAX_NAME_BYTES } from '../outside-text';

/** The display texts of a list of objects, by id: the API shows one of every object (documented), made by the model's format. */
export function readNames(page: unknown): ReadonlyMap<string, string> {
  const { objects } = (page ?? {}) as { readonly objects?: unknown };
  const names = new Map<string, string>();
  for (const object of Array.isArray(objects) ? (objects as unknown[]) : []) {
    const { id, display } = (object ?? {}) as Readonly<Record<string, unknown>>;
    const userId = readUserId(id);
    if (userId === undefined || typeof display !== 'string' || display.trim() === '') continue;
    names.set(userId, cleanText(display.trim(), MAX_NAME_BYTES));
  }
  return names;
}

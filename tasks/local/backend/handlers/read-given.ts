import { invalidRequest } from '../http/ApiError';
import type { ParsedRequest } from '../http/ParsedRequest';
import { isRecord, readJsonObject } from '../http/read-json-object';
import { readValueText } from '../query/read-argument';
import type { ObjectStore } from '../state/ObjectStore';

type Given = Readonly<Record<string, unknown>>;

/** The object of a body, with or without the model's name around it. @throws ApiError `INVALID_API_REQUEST` */
export function readGiven(request: ParsedRequest, store: ObjectStore): Given {
  if (request.isForm) return readForm(request, store);
  const body = readJsonObject(request);
  const { name } = store.model;
  const given = body[name] ?? body;
  if (!isRecord(given)) throw invalidRequest(`The key '${name}' must hold the object.`);
  return given;
}

/** The object of a body, with the model's name around it (documented, "Create a new object"). */
export function readNamed(request: ParsedRequest, store: ObjectStore): Given {
  if (request.isForm) return readForm(request, store);
  const { name } = store.model;
  const given = readJsonObject(request)[name];
  if (!isRecord(given)) throw invalidRequest(`The body must have the key '${name}' with the object.`);
  return given;
}

/** A form names fields as `user[name]`, and each entry of a list as `thing[tags][]`. */
function readForm({ body }: ParsedRequest, store: ObjectStore): Given {
  const { name } = store.model;
  const given = new Map<string, unknown>();
  for (const [key, text] of new URLSearchParams(body)) {
    const [, model, field = '', list] = /^(\w+)\[(\w+)\](\[\])?$/.exec(key) ?? [];
    if (model !== name) {
      throw invalidRequest(`The body is read as a form, as its Content-Type is not JSON. It must name ${name}[field].`);
    }
    const value = readValueText(store.typeOf(field) ?? 'text', text);
    const before = given.get(field);
    given.set(field, list === undefined ? value : [...(Array.isArray(before) ? (before as unknown[]) : []), value]);
  }
  return Object.fromEntries(given);
}

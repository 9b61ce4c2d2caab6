import { createHash } from 'node:crypto';
import type { DataModel, Field, Model, Relation } from '../state/DataModel';

/** `datamodel.json`: shape documented by the vendor's typed client (github.com/journeyapps-platform/clients). */
export function describeDataModel({ xml, models }: DataModel, userModel: string): object {
  return {
    models: Object.fromEntries([...models].map(([name, model]) => [name, describeModel(model)])),
    app_user: userModel,
    datamodel_hash: createHash('sha256').update(xml).digest('hex').slice(0, 16)
  };
}

function describeModel({ name, label, display, fields, belongsTo, hasMany }: Model): object {
  const relations = (map: ReadonlyMap<string, Relation>): object => Object.fromEntries(map);
  return {
    name,
    label,
    display,
    fields: Object.fromEntries(
      [...fields.values()].map((field) => [
        field.name,
        {
          name: field.name,
          label: field.label,
          type: field.type,
          subtype: field.subtype,
          ...(field.options.size > 0 && { options: describeOptions(field) })
        }
      ])
    ),
    belongs_to: relations(belongsTo),
    has_many: relations(hasMany)
  };
}

function describeOptions({ type, options }: Field): object[] {
  const readKey = (key: string): unknown => {
    if (type === 'boolean') return key === 'true';
    return type.endsWith('-integer') ? Number(key) : key;
  };
  return [...options].map(([key, display]) => ({ key: readKey(key), display }));
}

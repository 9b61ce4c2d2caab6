import { createHash } from 'node:crypto';
import type { DataModel, Field, Model, Relation } from '../state/DataModel';
import { readOptionKey } from '../state/field-values';

/** What names a version of the data model: `datamodel_hash`, and the `ETag` of `datamodel.json`. */
export function hashDataModel({ xml }: DataModel): string {
  return createHash('sha256').update(xml).digest('hex').slice(0, 16);
}

/** `datamodel.json`: shape documented ("Retrieve the app data model"). */
export function describeDataModel(dataModel: DataModel, userModel: string): object {
  return {
    models: Object.fromEntries([...dataModel.models].map(([name, model]) => [name, describeModel(model)])),
    app_user: userModel,
    datamodel_hash: hashDataModel(dataModel)
  };
}

function describeModel({ name, label, display, fields, belongsTo, hasMany }: Model): object {
  const relations = (map: ReadonlyMap<string, Relation>): object => Object.fromEntries(map);
  return {
    name,
    label,
    display,
    fields: Object.fromEntries([...fields].map(([key, field]) => [key, describeField(field)])),
    belongs_to: relations(belongsTo),
    has_many: relations(hasMany)
  };
}

/** The subtype is `name` here, and `text:name` in the vendor's typed client: its sources disagree. */
function describeField(field: Field): object {
  const { name, label, type, subtype, options } = field;
  return {
    name,
    label,
    type,
    ...(subtype !== undefined && { subtype }),
    ...(options.size > 0 && {
      options: Array.from(options, ([key, display]) => ({ key: readOptionKey(field, key), display }))
    })
  };
}

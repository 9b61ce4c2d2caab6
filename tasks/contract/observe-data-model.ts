import { randomUUID } from 'node:crypto';
import { idsOf } from './Observed';
import type { Observed } from './Observed';
import { describeAnswer } from './shown-user';

interface ShownField {
  readonly name: string;
  readonly type: unknown;
  readonly subtype: unknown;
  readonly options: unknown;
}

/** Reads the data model and the user's object, and queries objects by id. */
export async function observeDataModel(observed: Observed): Promise<void> {
  const { client, findings, userId } = observed;
  const dataModel = await client.read('datamodel.json');
  const models = (dataModel.json?.['models'] ?? {}) as Readonly<Record<string, { readonly fields?: object }>>;
  const model = dataModel.json?.['app_user'];
  if (typeof model !== 'string') return;
  const fields = Object.values(models).flatMap(({ fields: all = {} }) => readFields(all));
  const subtypes = fields.flatMap(({ subtype }) => (typeof subtype === 'string' ? [subtype] : []));
  const booleans = fields.filter(({ type }) => type === 'boolean');
  if (subtypes.length > 0 || booleans.length > 0) {
    const withOptions = booleans.filter(({ options }) => options !== undefined).length;
    findings.note(
      'subtype',
      subtypes.every((subtype) => !subtype.includes(':')) && withOptions === booleans.length,
      `Of ${subtypes.length} subtypes ${subtypes.filter((subtype) => subtype.includes(':')).length} have a colon; ${withOptions} of ${booleans.length} booleans show options.`
    );
  }

  const object = await client.read(`objects/${model}/${userId}.json`);
  if (object.status === 200 && object.json !== undefined) {
    const names = readFields(models[model]?.fields ?? {}).map(({ name }) => name);
    const shown = object.json;
    const absent = names.filter((name) => !(name in shown)).length;
    const nulls = names.filter((name) => shown[name] === null).length;
    if (absent + nulls > 0) {
      findings.note('noValue', nulls === 0, `Of the user's fields ${absent} are left out and ${nulls} are null.`);
    }
  } else {
    findings.note('ids', false, `\`GET objects/${model}/<id>.json\` of the user is ${describeAnswer(object)}.`);
  }

  const plural = await client.read(`objects/${model}s.json?limit=1`);
  findings.note('plural', plural.status === 200, `\`GET objects/${model}s.json\` is ${describeAnswer(plural)}.`);
  await observeQueries(observed, model);
}

async function observeQueries({ client, findings, userId }: Observed, model: string): Promise<void> {
  const query = (expression: string, args: readonly unknown[], sort: unknown = null) =>
    client.query(model, { expression, arguments: args, limit: 10, skip: null, sort });
  const hits = [await query('id = ?', [userId]), await query('id in ?', [[userId]])];
  // Ids that nobody has.
  const misses = [await query('id = ?', [randomUUID()]), await query('id in ?', [[randomUUID()]])];
  const all = [...hits, ...misses];
  const works =
    all.every(({ status }) => status === 200) &&
    hits.every((answer) => idsOf(answer).join() === userId) &&
    misses.every((answer) => idsOf(answer).length === 0);
  const isIgnored = all.every(({ status }) => status === 200) && misses.every((answer) => idsOf(answer).length > 0);
  const isRefused = all.every(({ status }) => status === 400);
  const seen = works
    ? 'They do.'
    : isIgnored
      ? 'They are ignored: other objects are shown.'
      : `They are answered with ${all.map(describeAnswer).join(', ')}.`;
  findings.note('filterById', works, seen);
  if (works) findings.settle('filterById', 'works');
  else if (isIgnored) findings.settle('filterById', 'ignored');
  else if (isRefused) findings.settle('filterById', 'refused');

  const page = await client.read(`objects/${model}.json?limit=100&sort[id]=asc`);
  const ids = idsOf(page).map(String);
  const isOrdered = page.status === 200 && ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id);
  findings.note(
    'sortById',
    isOrdered,
    page.status === 200
      ? `${ids.length} objects ${isOrdered ? 'are' : 'are not'} in the order of their ids. Nothing else is tried.`
      : `It is answered with ${describeAnswer(page)}.`
  );
  const [asList, asObject] = [await query('', [], ['id']), await query('', [], { id: 1 })];
  findings.note(
    'sort',
    asList.status === 200 && asObject.status === 200,
    `A list is answered with ${describeAnswer(asList)}, an object with ${describeAnswer(asObject)}.`
  );
}

function readFields(fields: object): readonly ShownField[] {
  return Object.entries(fields as Readonly<Record<string, Readonly<Record<string, unknown>>>>).map(
    ([name, { type, subtype, options }]) => ({ name, type, subtype, options })
  );
}

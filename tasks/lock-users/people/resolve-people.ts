import chunk from 'lodash/chunk';
import { readFileSync } from 'node:fs';
import { isObjectId } from '../../../cloudcode/lock_users/src/input/user-ids';
import { SettingsError, UsageError } from '../../shared/command-errors';
import { countNoun } from '../../shared/count-noun';
import type { Connection } from '../connect';
import { readObjects } from '../read-objects';
import { parsePeople } from './parse-people';
import type { NamedPerson } from './parse-people';

/** Values in one query: a thousand objects are the most that one request returns. */
const VALUES_IN_QUERY = 500;

/** Lines that are listed of those that are unclear. */
const MAX_LISTED = 50;

/**
 * The ids of the users that a file names.
 *
 * @param field what the file names them by: `id`, or a field of the user model
 * @throws UsageError listing each line that matches nobody or several, or where the file cannot be used
 */
export async function resolvePeople(connection: Connection, file: string, field: string): Promise<string[]> {
  const people = parsePeople(readText(file), field, file);
  if (people.length === 0) throw new UsageError(`${file} names nobody.`);
  const found = await findUsers(connection, people, field);
  const unclear: string[] = [];
  const ids = new Set<string>();
  for (const { line, value } of people) {
    const matches = found.get(normalize(field, value)) ?? new Set<string>();
    if (matches.size === 1) for (const id of matches) ids.add(id);
    else {
      const what = matches.size === 0 ? 'nobody' : `${matches.size} users: ${[...matches].join(', ')}`;
      unclear.push(`  line ${line}: ${JSON.stringify(value)} matches ${what}`);
    }
  }
  if (unclear.length === 0) return [...ids];
  const more = unclear.length > MAX_LISTED ? `\n  and ${unclear.length - MAX_LISTED} more` : '';
  throw new UsageError(
    `${file}: ${countNoun(unclear.length, 'line is', 'lines are')} unclear, so nothing was sent:\n${unclear.slice(0, MAX_LISTED).join('\n')}${more}\nCorrect the file, or name the field that it has with --by.`
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

function normalize(field: string, value: string): string {
  return field === 'id' ? value.toLowerCase() : value;
}

/** Ids of the users by the value that they have. */
async function findUsers(
  connection: Connection,
  people: readonly NamedPerson[],
  field: string
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { userModel } = connection.settings;
  const users = connection.db[userModel];
  if (users === undefined) throw new SettingsError(`The app's data model has no model "${userModel}".`);
  if (field !== 'id' && users.type.findField(field) === undefined) {
    const known = ['id', ...Object.keys(users.type.attributes)].join(', ');
    throw new UsageError(`--by ${field}: the model "${userModel}" has no such field. It has ${known}.`);
  }
  const values = [...new Set(people.map(({ value }) => normalize(field, value)))];
  const found = new Map<string, Set<string>>();
  for (const wanted of chunk(field === 'id' ? values.filter(isObjectId) : values, VALUES_IN_QUERY)) {
    for (const object of await readObjects(connection, users.where(`${field} in ?`, wanted))) {
      const value = String(object[field]);
      found.set(value, (found.get(value) ?? new Set()).add(object.id));
    }
  }
  return found;
}

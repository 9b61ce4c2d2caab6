import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTION_LABELS, isReading } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import type { ActionName } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { BATCH_FIELDS, RUN_FIELDS } from '../../../cloudcode/lock_users/src/platform/record-fields';

const SCHEMA = readFileSync(join(__dirname, '../../../schema.xml'), 'utf8');

function readModel(name: string): string {
  return new RegExp(`<model name="${name}"[\\s\\S]*?</model>`).exec(SCHEMA)?.[0] ?? '';
}

function listFields(model: string): string[] {
  const fields = [...model.matchAll(/<field name="(\w+)" label=/g)].map(([, field]) => field ?? '');
  const relations = [...model.matchAll(/<belongs-to [^>]*name="(\w+)"/g)].map(([, relation]) => `${relation}_id`);
  return [...fields, ...relations].sort();
}

test.each([
  ['lock_run', RUN_FIELDS],
  ['lock_run_batch', BATCH_FIELDS]
])('the model %s of schema.xml has just the fields that the task writes', (name, fields) => {
  expect(listFields(readModel(name))).toEqual([...new Set(Object.values(fields))].sort());
});

test.each(['lock_run', 'lock_run_batch'])(
  'the field "action" of %s has an option for each action that has a record',
  (name) => {
    const field = /<field name="action"[\s\S]*?<\/field>/.exec(readModel(name))?.[0] ?? '';

    expect([...field.matchAll(/<option key="(\w+)"/g)].map(([, key]) => key)).toEqual(
      (Object.keys(ACTION_LABELS) as ActionName[]).filter((action) => !isReading(action))
    );
  }
);

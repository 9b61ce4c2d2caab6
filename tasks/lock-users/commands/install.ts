import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { VARIABLES } from '../../../cloudcode/lock_users/src/input/variables';
import { parseDataModel } from '../../local/backend/state/parse-data-model';
import { SettingsError, UsageError } from '../../shared/command-errors';
import { countNoun } from '../../shared/count-noun';
import { replaceFile } from '../../shared/replace-file';
import { EXIT_CODES, RefusedError } from '../exit-codes';
import { findPackageRoot } from '../find-package-root';
import { formatTable } from '../format-table';
import { planFolder, writeFolder } from '../install/install-folder';
import type { FolderPlan } from '../install/install-folder';
import { insertModels } from '../install/insert-models';
import type { InsertedModels } from '../install/insert-models';
import type { Invocation, Outcome } from '../Invocation';

/** Variables that nearly every deployment sets at first. What lets it lock anybody comes after the rehearsal. */
const VARIABLES_TO_SET = ['JOURNEY_BACKEND_URL', 'JOURNEY_API_TOKEN', 'LOCK_USERS_PROTECTED_WHERE'] as const;

/** Only where the app calls it otherwise. */
const USER_MODEL = VARIABLES.LOCK_USERS_USER_MODEL;

/** What only a person can do, in this order: that of the README. */
const CLICKS = [
  'For runtime 1.13 or 1.14 change the three versions in cloudcode/lock_users/package.json, and refresh its lock file if there is one. An update keeps them.',
  'Commit the changes, and pull them into OXIDE.',
  'Set the variables above in the deployment settings in OXIDE (the token: Masked), save. Leave LOCK_USERS_ARMED and LOCK_USERS_WEBHOOK out: until then the task only plans.',
  'Write data rules that keep lock_run and lock_run_batch off the devices (examples/data-rules.md), before the models are deployed.',
  'Task settings of lock_users: turn on "Limit task to a single instance".',
  'Deploy the app: data rules, models and variables together. A test of the task alone deploys none of them.',
  'Dry run: press "Test CloudCode Task" in OXIDE. The log says how many would be locked.',
  'Rehearse with one user of a testing deployment: npm run contract, or a run with {"userIds": ["<id of a test user>"]} where testing alone is armed.',
  'Arm: set LOCK_USERS_ARMED to true, save, deploy. From then on a run without parameters locks everybody who is not protected.',
  'Where objects of lock_run are to start runs: set LOCK_USERS_WEBHOOK to true, after the data rules, save, deploy.',
  'Add the deployment to .journeyrc (docs/command-line.md), and have it checked: lock-users doctor --deployment NAME'
];

/** Copies the task into an app's repository and its models into the app's data model. */
export function run({ operands, options }: Invocation): Promise<Outcome> {
  const app = resolve(operands[0] ?? '');
  const schemaPath = join(app, 'schema.xml');
  const root = findPackageRoot();
  const source = join(root, 'cloudcode', 'lock_users');
  const target = join(app, 'cloudcode', 'lock_users');
  refuseOtherFolder(app, schemaPath);
  if (existsSync(target) && realpathSync(target) === realpathSync(source)) {
    throw new UsageError(`${app} is where the task comes from. Name the folder of an app's repository.`);
  }
  const plan = planFolder(source, target);
  if (plan.changedByHand.length > 0 && options.force !== true) throw changedByHand(target, plan);
  const before = readFileSync(schemaPath, 'utf8');
  const { merged: models, hasUserModel } = mergeSchema(
    schemaPath,
    before,
    readFileSync(join(root, 'examples', 'schema-snippet.xml'), 'utf8')
  );
  if (models.differences.length > 0) throw otherModels(schemaPath, models.differences);
  writeFolder(source, target, plan);
  if (models.schema !== before) replaceFile(schemaPath, models.schema);
  const { inserted } = models;
  const variables = describeVariables(hasUserModel);
  return Promise.resolve({
    exitCode: EXIT_CODES.allThere.code,
    data: { app, ...plan, schema: { inserted }, variables, clicks: CLICKS },
    lines: describe(app, plan, models, variables)
  });
}

/** @throws UsageError where it is no folder with a data model */
function refuseOtherFolder(app: string, schemaPath: string): void {
  if (existsSync(schemaPath)) return;
  if (existsSync(app) && !statSync(app).isDirectory()) {
    throw new UsageError(`${app} is a file. Name the folder of the app's repository: ${dirname(app)}.`);
  }
  throw new UsageError(`${app} is not an app's repository: there is no schema.xml. Name the folder that has it.`);
}

/** Fields of another type may belong to a model of the app's own, which must not be filled with ours. */
function otherModels(schemaPath: string, differences: readonly string[]): SettingsError {
  return new SettingsError(
    `Nothing was written: ${schemaPath} has the models in another form:\n${differences.map((what) => `  ${what}`).join('\n')}\nCorrect the types if they are models of this task. A model of the app's own with such a name has to get another name first.`
  );
}

function changedByHand(target: string, { changedByHand: paths, from, to }: FolderPlan): RefusedError {
  const versions = from === to ? `version ${to}` : `from version ${from ?? 'unknown'} to ${to}`;
  return new RefusedError(
    `Nothing was written (${versions}): ${countNoun(paths.length, 'file')} of ${target} ${paths.length === 1 ? 'was' : 'were'} changed since they were installed:\n${paths.map((path) => `  ${path}`).join('\n')}\nLook at the difference, keep what you need elsewhere, and overwrite them with --force.`
  );
}

/** @throws SettingsError where the app's data model is wrong before or after */
function mergeSchema(
  path: string,
  before: string,
  snippet: string
): { readonly merged: InsertedModels; readonly hasUserModel: boolean } {
  try {
    parseDataModel(before);
    const merged = insertModels(before, snippet);
    const { models } = parseDataModel(merged.schema);
    return { merged, hasUserModel: models.has(USER_MODEL.default) };
  } catch (error) {
    throw new SettingsError(`${path} cannot be used, and nothing was written: ${(error as Error).message}`);
  }
}

function describe(
  app: string,
  { from, to, added, updated, removed, kept }: FolderPlan,
  models: InsertedModels,
  variables: readonly DescribedVariable[]
): string[] {
  const changes = [
    ...added.map((path) => `  + ${path}`),
    ...updated.map((path) => `  ~ ${path}`),
    ...removed.map((path) => `  - ${path}`)
  ];
  const isNew = from === undefined;
  return [
    isNew ? `Installed lock_users ${to} in ${app}.` : `lock_users ${from} -> ${to} in ${app}.`,
    changes.length === 0 ? 'Files: unchanged.' : `Files: ${changes.length} changed.`,
    // A first installation is all of them.
    ...(isNew ? [] : changes),
    ...(kept.length === 0 ? [] : [`Versions in package.json that were changed are kept: ${kept.join(', ')}.`]),
    models.inserted.length === 0 ? 'schema.xml: unchanged.' : 'schema.xml: inserted',
    ...models.inserted.map((what) => `  + ${what}`),
    '',
    'Variables of the deployment:',
    ...formatTable(variables.map(({ name, about }) => [`  ${name}`, about])),
    '',
    'What is left to do:',
    ...CLICKS.map((click, index) => `  ${index + 1}. ${click}`)
  ];
}

interface DescribedVariable {
  readonly name: string;
  readonly about: string;
}

function describeVariables(hasUserModel: boolean): readonly DescribedVariable[] {
  const variables = VARIABLES_TO_SET.map((name) => ({ name, about: withoutMarkdown(VARIABLES[name].doc) }));
  if (hasUserModel) return variables;
  const about = `${withoutMarkdown(USER_MODEL.doc)} Needed: this app has no model "${USER_MODEL.default}".`;
  return [{ name: 'LOCK_USERS_USER_MODEL', about }, ...variables];
}

/** The docs of variables have code and emphasis; the name of a variable has underscores of its own. */
function withoutMarkdown(text: string): string {
  return text.replaceAll('`', '').replace(/(?<!\w)_([^_]+)_(?!\w)/g, '$1');
}

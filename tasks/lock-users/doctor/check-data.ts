import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { findUsersById } from '../../../cloudcode/lock_users/src/run/find-users';
import { readRules } from '../../../cloudcode/lock_users/src/run/read-rules';
import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import { REQUEST_TIMEOUT_MS } from '../connect';
import type { Connection } from '../connect';
import { findPackageRoot } from '../find-package-root';
import { insertModels } from '../install/insert-models';
import { bad, ok, unknown } from './Finding';
import type { Finding } from './Finding';

/** The user model. */
export async function checkUserModel({ settings, openContext, userSource }: Connection): Promise<Finding> {
  const { userModel } = settings;
  try {
    const { userIds } = await openContext().sender.read('database', (timeoutMs) =>
      userSource.readUserIds({}, 1, 0, timeoutMs)
    );
    return userIds.length > 0
      ? ok('user model', `"${userModel}" has users.`)
      : bad(
          'user model',
          `"${userModel}" has no objects, so that nobody would be selected.`,
          "Set LOCK_USERS_USER_MODEL to the name of the app's user model."
        );
  } catch (error) {
    return failed('user model', error);
  }
}

/** The two models of the record, field by field. */
export async function checkRecordModels({ settings, records }: Connection): Promise<Finding[]> {
  const mend = 'Run "lock-users install APP" on the app\'s repository, and deploy the app.';
  if (records === undefined) {
    return [
      bad(
        'record models',
        'The app has no lock_run and lock_run_batch, so a run cannot be undone or stopped, or started here.',
        mend
      )
    ];
  }
  const needed = records.listMissingFields().filter(({ isNeeded }) => isNeeded);
  const xml = await readDataModel(settings.backendUrl, settings.token.reveal());
  if (xml === undefined) {
    const missing = records.listMissingFields().map(({ name }) => name);
    return [
      missing.length === 0
        ? ok('record models', 'Every field is there.')
        : bad('record models', `${missing.join(', ')}: not there.`, mend)
    ];
  }
  const snippet = readFileSync(join(findPackageRoot(), 'examples', 'schema-snippet.xml'), 'utf8');
  const { inserted, differences } = insertModels(xml, snippet);
  const isWebhook = (what: string): boolean => what.includes(': webhook');
  const lacking = inserted.filter((what) => !isWebhook(what));
  const most =
    needed.length > 0 ? ' Without some of them runs are refused.' : ' An older copy works; its record says less.';
  return [
    lacking.length === 0
      ? ok('record models', 'Every field is there.')
      : bad('record models', `Not there: ${lacking.join('; ')}.${most}`, mend),
    ...differences.map((difference) =>
      bad('record models', `${difference}.`, 'Correct it in schema.xml, and deploy the app.')
    ),
    inserted.some(isWebhook)
      ? bad('webhook', 'lock_run has no webhook to the task, so an object of it starts nothing.', mend)
      : ok('webhook', 'lock_run has its webhook to the task.')
  ];
}

/** Whether those whom `.journeyrc` protects exist. What OXIDE says does not show from outside. */
export async function checkProtection(connection: Connection): Promise<Finding> {
  const { target, settings, openContext } = connection;
  const { protectedIds, protectedWhere } = settings;
  if (protectedIds.length === 0 && protectedWhere === undefined) {
    return target.variables['LOCK_USERS_PROTECTED']?.trim() === 'none'
      ? ok('protection', '.journeyrc says that nobody is protected. That of OXIDE does not show from outside.')
      : unknown(
          'protection',
          '.journeyrc protects nobody, and what OXIDE says does not show from outside.',
          'Look at the plan: "lock-users plan" counts the protected.'
        );
  }
  try {
    const context = openContext();
    const rules = await readRules({ ...context, parameters: parseParameters({}) });
    if ('refusal' in rules) return bad('protection', rules.refusal.message, rules.refusal.nextStep);
    const { absent, isKnown } = await findUsersById(context, protectedIds);
    if (absent.length > 0)
      return bad('protection', `Not users of this deployment: ${absent.join(', ')}.`, 'Correct LOCK_USERS_PROTECTED.');
    const byId = isKnown ? `${protectedIds.length}` : `${protectedIds.length} (not looked up)`;
    return ok('protection', `.journeyrc protects ${byId} by id and ${rules.protectedByRule.size} by rule.`);
  } catch (error) {
    return failed('protection', error);
  }
}

function failed(check: string, error: unknown): Finding {
  if (!(error instanceof LockUsersError)) throw error;
  return bad(check, error.details.message, error.details.nextStep);
}

/** `datamodel.xml`; undefined where the platform does not show it. */
async function readDataModel(backendUrl: string, token: string): Promise<string | undefined> {
  const headers = { Authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const answer = await fetch(`${backendUrl}/datamodel.xml`, { headers, signal, redirect: 'error' });
    const text = await answer.text();
    return answer.status === 200 && text.includes('<data-model') ? text : undefined;
  } catch {
    return undefined;
  }
}

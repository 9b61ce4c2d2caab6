import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError } from '../errors';
import { ACTIONS } from '../actions/actions';
import type { ErrorDetails } from '../errors';
import type { Settings } from '../input/settings';
import type { WhereClause } from '../input/where';
import { nobodyProtected } from '../reasons/plan-reasons';
import type { RuleMatches } from './ActiveRun';
import { readAllPages } from './read-selection';
import type { RunContext } from './RunContext';

/** The rules of the deployment that a run goes by: who lets people in asks for no protection, and nobody else whom to keep out. */
export function findRules({ settings, parameters }: RunContext): Pick<Settings, 'protectedWhere' | 'stayOutWhere'> {
  const { protectedWhere, stayOutWhere } = settings;
  return {
    protectedWhere: ACTIONS[parameters.action].respectsProtection ? protectedWhere : undefined,
    stayOutWhere: parameters.action === 'unlock' ? stayOutWhere : undefined
  };
}

/**
 * Reads who matches the rules of the deployment, or says why the run must not go on. Without a rule nothing is read.
 *
 * @throws LockUsersError where it cannot be read, or not for sure: somebody who is missing would be changed
 */
export async function readRules(context: RunContext): Promise<RuleMatches | { readonly refusal: ErrorDetails }> {
  const { protectedWhere, stayOutWhere } = findRules(context);
  const protectedByRule = await readMatches(context, 'LOCK_USERS_PROTECTED_WHERE', protectedWhere);
  if (protectedWhere !== undefined && protectedByRule.size === 0) return { refusal: nobodyProtected() };
  const stayingOut = await readMatches(context, 'LOCK_USERS_STAY_OUT_WHERE', stayOutWhere);
  if (stayOutWhere !== undefined && stayingOut.size === 0) {
    context.warnings.add('NOBODY_STAYS_OUT', 'Nobody matches LOCK_USERS_STAY_OUT_WHERE, so it keeps nobody out.');
  }
  return { protectedByRule, stayingOut };
}

async function readMatches(context: RunContext, name: string, where: WhereClause | undefined): Promise<Set<string>> {
  const matches = new Set<string>();
  if (where === undefined) return matches;
  const isSure = await readAllPages(nameInErrors(context, name), { where }, (userIds) => {
    const before = matches.size;
    for (const id of userIds) matches.add(id);
    return matches.size - before;
  });
  if (!isSure) throw notSure(name);
  return matches;
}

/** The same context, where an error of the query says which rule it is about. */
function nameInErrors(context: RunContext, name: string): RunContext {
  const { userSource } = context.ports;
  return {
    ...context,
    ports: {
      ...context.ports,
      userSource: {
        listRelations: () => userSource.listRelations(),
        async readUserIds(...asked) {
          try {
            return await userSource.readUserIds(...asked);
          } catch (error) {
            if (!(error instanceof LockUsersError)) throw error;
            const { message, nextStep } = error.details;
            throw new LockUsersError({
              ...error.details,
              message: `${name}: ${message}`,
              nextStep: nextStep.replace('"where"', name)
            });
          }
        }
      }
    }
  };
}

function notSure(name: string): LockUsersError {
  return new LockUsersError({
    code: 'DATABASE_READ_FAILED',
    message: `The list of the users that match ${name} kept shifting while it was read, so somebody may be missing.`,
    nextStep: ERROR_CATALOGUE.DATABASE_READ_FAILED.remedy
  });
}

import type { ErrorDetails } from '../errors';
import { listNames } from '../input/where';
import type { WhereClause } from '../input/where';
import { relationInWhere } from '../reasons/plan-reasons';
import { findRules } from './read-rules';
import type { RunContext } from './RunContext';

/** A query for users: the code of a mistake in it, and what a sentence calls it. */
type NamedQuery = readonly ['INVALID_PARAMETERS' | 'INVALID_SETTINGS', string, WhereClause | undefined];

/**
 * Why a run must not go by its queries for users, if so: the text of one names a relation. The platform's client takes an object
 * for a relation and sends anything else as null (observed), so that the wrong people would be selected without a word.
 */
export async function checkWhere(context: RunContext): Promise<ErrorDetails | undefined> {
  const queries = listQueries(context);
  if (queries.every(([, , where]) => where === undefined)) return undefined;
  const relations = await findRelations(context);
  for (const [code, name, where] of queries) {
    if (where === undefined) continue;
    if (relations === undefined) {
      context.warnings.add(
        'RELATIONS_UNKNOWN',
        `The data model cannot be read. Check that ${name} names no relation: "depot = ?" selects the wrong people, "depot_id = ?" is right.`
      );
      continue;
    }
    const relation = listNames(where).find((word) => relations.includes(word));
    if (relation !== undefined) return relationInWhere(code, name, relation);
  }
  return undefined;
}

/** The queries that this run goes by. */
function listQueries(context: RunContext): readonly NamedQuery[] {
  const { protectedWhere, stayOutWhere } = findRules(context);
  return [
    ['INVALID_PARAMETERS', '"where"', context.parameters.selection.where],
    ['INVALID_SETTINGS', 'LOCK_USERS_PROTECTED_WHERE', protectedWhere],
    ['INVALID_SETTINGS', 'LOCK_USERS_STAY_OUT_WHERE', stayOutWhere]
  ];
}

/** Names of the relations of the user model; undefined where nothing says them. */
async function findRelations({ ports, settings, sender }: RunContext): Promise<readonly string[] | undefined> {
  const described = ports.userSource.listRelations();
  if (described !== undefined) return described;
  const result = await sender.send({
    kind: 'info',
    operations: 0,
    attemptsBefore: 0,
    attempt: (timeoutMs) => ports.backend.readRelations(settings.userModel, timeoutMs)
  });
  return result.kind === 'answered' ? result.answer : undefined;
}

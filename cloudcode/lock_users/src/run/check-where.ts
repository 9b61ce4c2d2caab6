import type { ErrorDetails } from '../errors';
import { listNames } from '../input/where';
import { relationInWhere } from '../stop-reasons';
import type { RunContext } from './RunContext';

/**
 * Why a run must not select by its `where`, if so: the text names a relation. The platform's client takes an object for a
 * relation and sends anything else as null (observed), so that the wrong people would be selected without a word.
 */
export async function checkWhere(context: RunContext): Promise<ErrorDetails | undefined> {
  const { parameters, warnings } = context;
  const { where } = parameters.selection;
  if (where === undefined) return undefined;
  const relations = await findRelations(context);
  if (relations === undefined) {
    warnings.add(
      'RELATIONS_UNKNOWN',
      'The data model cannot be read. Check that "where" names no relation: "depot = ?" selects the wrong people, "depot_id = ?" is right.'
    );
    return undefined;
  }
  const relation = listNames(where).find((name) => relations.includes(name));
  return relation === undefined ? undefined : relationInWhere(relation);
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

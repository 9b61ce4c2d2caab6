import type { Element } from '@xmldom/xmldom';
import type { Mistakes } from './Mistakes';
import { listChildren, nodeOf, readAttribute } from './read-element';

/** The models of a data model by name, as elements. */
export type Models = ReadonlyMap<string, Element>;

/** What a relation is called: its name, or else that of the model that it leads to. */
export function nameOfRelation(relation: Element): string {
  return readAttribute(relation, 'name') || (readAttribute(relation, 'model') ?? '');
}

/** Checks that a model's relations lead somewhere, that none comes twice, and that each list has its other side. */
export function checkRelations(model: Element, name: string, models: Models, mistakes: Mistakes): void {
  const seen = new Set<string>();
  for (const relation of listChildren(model, 'belongs-to')) {
    const relationName = nameOfRelation(relation);
    checkModel(relation, name, models, mistakes);
    if (relationName !== '' && seen.has(relationName)) {
      mistakes.add(nodeOf(relation, 'name'), `The model "${name}" has two relations "${relationName}". Rename one.`);
    }
    seen.add(relationName);
  }
  const lists = new Set<string>();
  const sides = new Map<Element, string>();
  for (const list of listChildren(model, 'has-many')) {
    const listName = readAttribute(list, 'name') ?? '';
    if (!checkModel(list, name, models, mistakes)) continue;
    const side = findOtherSide(list, name, models, mistakes);
    const other = side && sides.get(side);
    if (lists.has(listName)) {
      mistakes.add(nodeOf(list, 'name'), `The model "${name}" has two lists "${listName}". Rename one.`);
    } else if (side !== undefined && other !== undefined) {
      mistakes.add(
        list,
        `The relation "${nameOfRelation(side)}" belongs to the list "${other}" already. Remove one list.`
      );
    } else if (side !== undefined) {
      lists.add(listName);
      sides.set(side, listName);
    }
  }
}

/** The `<belongs-to>` that makes a list, or undefined where it is not there or there are several. */
export function findOtherSide(list: Element, owner: string, models: Models, mistakes?: Mistakes): Element | undefined {
  const listed = readAttribute(list, 'model') ?? '';
  const inverse = readAttribute(list, 'inverse-of');
  const relations = listChildren(models.get(listed) as Element, 'belongs-to');
  if (inverse !== undefined) {
    const named = relations.find((relation) => nameOfRelation(relation) === inverse);
    if (named === undefined) {
      mistakes?.add(
        nodeOf(list, 'inverse-of'),
        `The model "${listed}" has no relation "${inverse}". Name one that it has.`
      );
    }
    return named;
  }
  const candidates = relations.filter((relation) => readAttribute(relation, 'model') === owner);
  if (candidates.length === 0) {
    mistakes?.add(
      list,
      `The list "${readAttribute(list, 'name') ?? ''}" of "${owner}" has no other side. Add <belongs-to model="${owner}"/> to the model "${listed}".`
    );
  } else if (candidates.length > 1) {
    const names = candidates.map(nameOfRelation).join(' or ');
    mistakes?.add(
      list,
      `"${listed}" belongs to "${owner}" in ${candidates.length} ways. Add inverse-of="…" with ${names}.`
    );
  }
  return candidates.length === 1 ? candidates[0] : undefined;
}

function checkModel(relation: Element, owner: string, models: Models, mistakes: Mistakes): boolean {
  const model = readAttribute(relation, 'model') ?? '';
  if (models.has(model)) return true;
  if (model !== '') {
    const known = [...models.keys()].join(', ');
    mistakes.add(
      nodeOf(relation, 'model'),
      `A relation of "${owner}" leads to the model "${model}", which is not there. The models are ${known}.`
    );
  }
  return false;
}

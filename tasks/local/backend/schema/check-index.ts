import type { Element } from '@xmldom/xmldom';
import { nameOfRelation } from './check-relations';
import type { Mistakes } from './Mistakes';
import { listChildren, nodeOf, readAttribute } from './read-element';

/** Checks that an `<index>` is on fields or relations of the model that can be indexed. */
export function checkIndex(index: Element, model: Element, name: string, mistakes: Mistakes): void {
  const relations = listChildren(model, 'belongs-to').map(nameOfRelation);
  const on = readAttribute(index, 'on') || undefined;
  for (const key of on?.split(',') ?? []) {
    const wanted = key.replace(/^-/, '');
    const field = listChildren(model, 'field').find((candidate) => readAttribute(candidate, 'name') === wanted);
    const at = nodeOf(index, 'on');
    if (field === undefined && !relations.includes(wanted)) {
      mistakes.add(at, `An index of model "${name}" is on "${wanted}", which is no field and no relation of it.`);
    }
    if (field !== undefined && readAttribute(field, 'type')?.startsWith('multiple-choice')) {
      mistakes.add(at, `An index of model "${name}" is on "${wanted}": a multiple choice cannot be indexed.`);
    }
  }
  const databases = (readAttribute(index, 'database') || 'app').split(',');
  for (const database of databases.filter((wanted) => wanted !== 'app' && wanted !== 'cloud')) {
    mistakes.add(nodeOf(index, 'database'), `An index of model "${name}" is for app or cloud, not "${database}".`);
  }
}

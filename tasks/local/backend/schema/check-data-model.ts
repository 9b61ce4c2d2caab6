import type { Element } from '@xmldom/xmldom';
import { checkDisplay } from './check-display';
import { checkField } from './check-field';
import { checkIndex } from './check-index';
import { checkRelations } from './check-relations';
import { checkStructure } from './check-structure';
import { checkWebhook } from './check-webhook';
import { Mistakes } from './Mistakes';
import { listChildren, nodeOf, readAttribute } from './read-element';

const RESERVED_FOR_MODELS = ['account', 'id', 'object', 'type'];

/**
 * Finds everything that is wrong with a data model. It refuses what the vendor's check refuses (observed;
 * github.com/journeyapps-platform/journey-lib), and types that this emulator cannot hold.
 */
export function checkDataModel(root: Element): Mistakes {
  const mistakes = new Mistakes();
  if (root.tagName !== 'data-model') {
    mistakes.add(root, `The data model begins with <${root.tagName}>. Begin with <data-model>.`);
    return mistakes;
  }
  const models = new Map<string, Element>();
  const elements = listChildren(root, 'model');
  if (elements.length === 0) mistakes.add(root, 'The data model has no model. Add a <model>.');
  for (const element of listChildren(root).filter((child) => !elements.includes(child))) {
    mistakes.warn(element, `<${element.tagName}> is ignored here. <data-model> may hold <model>.`);
  }
  for (const model of elements) {
    const name = readAttribute(model, 'name') ?? '';
    checkStructure(model, mistakes);
    checkFields(model, name, mistakes);
    if (RESERVED_FOR_MODELS.includes(name)) {
      mistakes.add(
        nodeOf(model, 'name'),
        `The platform keeps the name "${name}" of a model for itself. Choose another.`
      );
    }
    if (models.has(name)) {
      mistakes.add(nodeOf(model, 'name'), `The data model has two models "${name}". Rename or remove one.`);
    } else models.set(name, model);
  }
  for (const [name, model] of models) {
    checkRelations(model, name, models, mistakes);
    for (const index of listChildren(model, 'index')) checkIndex(index, model, name, mistakes);
    checkDisplay(model, name, models, mistakes);
    for (const webhook of listChildren(model, 'webhook')) checkWebhook(webhook, model, name, mistakes);
  }
  return mistakes;
}

function checkFields(model: Element, name: string, mistakes: Mistakes): void {
  const seen = new Set<string>();
  for (const field of listChildren(model, 'field')) {
    const fieldName = readAttribute(field, 'name') ?? '';
    checkField(field, name, mistakes);
    if (fieldName !== '' && seen.has(fieldName)) {
      mistakes.add(nodeOf(field, 'name'), `The model "${name}" has the field "${fieldName}" twice. Remove one.`);
    }
    seen.add(fieldName);
  }
}

import chunk from 'lodash/chunk';
import type { ApiConnection } from './ApiConnection';
import { NOTE_DONE, TO_OPERATION } from './BatchAction';
import type { BatchAction, BatchObject } from './BatchAction';

/** Documented: the client cuts larger batches ("Batch API (CloudCode)"). */
const BATCH_LIMIT = 1000;

/** Objects that could not be saved or destroyed; the others were. */
export class CrudError extends Error {
  constructor(readonly errors: readonly Error[]) {
    super(errors[0]?.message ?? 'A batch failed.');
    this.name = 'CrudError';
  }

  firstError(): Error | undefined {
    return this.errors[0];
  }
}

/** Saves and destroys many objects with few requests. An object counts once; destroying it wins over saving it. */
export class Batch {
  private readonly actions = new Map<BatchObject, BatchAction>();

  constructor(private readonly connection: ApiConnection) {}

  save(object: BatchObject): void {
    if (!this.actions.has(object)) this.actions.set(object, 'save');
  }

  destroy(object: BatchObject): void {
    this.actions.set(object, 'destroy');
  }

  /**
   * Sends everything, 1000 operations at a time, in order. Objects without a change are not sent.
   *
   * @throws CrudError where objects failed; DatabaseError where a request did, and the rest was not sent
   */
  async execute(): Promise<void> {
    const errors: Error[] = [];
    const entries = [...this.actions].flatMap(([object, action]) => {
      const operation = object[TO_OPERATION](action);
      return operation === undefined ? [] : [{ object, action, operation }];
    });
    for (const part of chunk(entries, BATCH_LIMIT)) {
      const operations = part.map(({ operation }) => operation);
      const answer = (await this.connection.post('batch.json', { operations })) as { operations: OperationResult[] };
      if (answer.operations.length !== operations.length)
        throw new Error('The batch was answered with another number of results.');
      part.forEach(({ object, action }, index) => {
        const error = answer.operations[index]?.error;
        // Destroying what is gone already is no failure.
        if (error !== undefined && !(action === 'destroy' && error.type === 'OBJECT_NOT_FOUND')) {
          errors.push(
            Object.assign(new Error(error.detail ?? error.type ?? 'The operation failed.'), { type: error.type })
          );
        } else {
          object[NOTE_DONE](action);
        }
      });
    }
    this.actions.clear();
    if (errors.length > 0) throw new CrudError(errors);
  }
}

interface OperationResult {
  readonly error?: { readonly type?: string; readonly detail?: string };
}

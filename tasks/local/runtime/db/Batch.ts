import chunk from 'lodash/chunk';
import type { ApiConnection } from './ApiConnection';
import { LIST_SAVED, NOTE_DONE, TO_OPERATION } from './BatchAction';
import type { BatchAction, BatchObject, Operation } from './BatchAction';

/** Documented: the client cuts larger batches ("Batch API (CloudCode)"). */
const BATCH_LIMIT = 1000;

/** What became of an object that could not be saved or destroyed. */
export interface BatchError {
  readonly object: BatchObject;
  readonly operation: Operation['method'];
  /** As the API gave it: a plain object. */
  readonly error: { readonly type?: string; readonly detail?: string };
}

/** Objects that could not be saved or destroyed; the others were. Its `name` is that of any Error, as in the vendor's library. */
export class CrudError extends Error {
  constructor(readonly errors: readonly BatchError[]) {
    super(['Some operations failed.', ...errors.map(describe)].join('\n  '));
  }

  firstError(): BatchError['error'] | undefined {
    return this.errors[0]?.error;
  }
}

/**
 * Saves and destroys many objects with few requests. An object counts once; destroying it wins over saving it. After an error
 * `execute` may be called again: what was saved is not sent again.
 */
export class Batch {
  private readonly actions: { readonly object: BatchObject; readonly action: BatchAction }[] = [];

  constructor(private readonly connection: ApiConnection) {}

  save(object: BatchObject): void {
    this.add(object, 'save');
  }

  destroy(object: BatchObject): void {
    this.add(object, 'destroy');
  }

  /**
   * Sends everything, 1000 operations at a time, in order. Objects without a change are not sent.
   *
   * @throws CrudError where objects failed; the error of a request that failed, and the rest was not sent
   */
  async execute(): Promise<void> {
    const errors: BatchError[] = [];
    for (const part of chunk(this.listOperations(), BATCH_LIMIT)) {
      const operations = part.map(({ operation }) => operation);
      const answer = (await this.connection.post('batch.json', { operations })) as { operations: OperationResult[] };
      if (answer.operations.length !== operations.length) {
        throw new Error(`A batch of ${operations.length} was answered with ${answer.operations.length} results.`);
      }
      part.forEach(({ object, action, operation }, index) => {
        const error = answer.operations[index]?.error ?? undefined;
        // Destroying what is gone already is no failure.
        if (error === undefined || (action === 'destroy' && error.type === 'OBJECT_NOT_FOUND')) {
          object[NOTE_DONE](action);
        } else {
          errors.push({ object, operation: operation.method, error });
        }
      });
    }
    if (errors.length > 0) throw new CrudError(errors);
  }

  private add(object: BatchObject, action: BatchAction): void {
    if (typeof (object as Partial<BatchObject> | null)?.[LIST_SAVED] !== 'function') {
      throw new TypeError('A batch takes objects of DB only.');
    }
    this.actions.push({ object, action });
  }

  private listOperations(): { object: BatchObject; action: BatchAction; operation: Operation }[] {
    const actions = new Map<BatchObject, BatchAction>();
    for (const { object, action } of this.actions) {
      if (action === 'save') {
        for (const saved of object[LIST_SAVED]()) if (!actions.has(saved)) actions.set(saved, action);
      } else if (actions.get(object) !== 'destroy') {
        // Deleted first, so that it stands in the place where it was destroyed.
        actions.delete(object);
        actions.set(object, action);
      }
    }
    return [...actions].flatMap(([object, action]) => {
      const operation = object[TO_OPERATION](action);
      return operation === undefined ? [] : [{ object, action, operation }];
    });
  }
}

interface OperationResult {
  readonly error?: BatchError['error'] | null;
}

function describe({ object, error }: BatchError): string {
  const { type, id } = object as unknown as { type: { name: string }; id: string };
  return `${type.name} ${id}: ${error.detail ?? error.type ?? 'no reason was given'}`;
}

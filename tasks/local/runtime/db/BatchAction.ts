/** What a batch does with an object. */
export type BatchAction = 'save' | 'destroy';

/** An operation of `batch.json` on an object. */
export interface Operation {
  readonly method: 'put' | 'patch' | 'delete';
  readonly object: Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };
}

// Keys that no field of a model can have: what a batch asks of an object must not be hidden by a field of that name.

/** Key of the method that lists the objects that are saved with an object, itself first; none after it was destroyed. */
export const LIST_SAVED = Symbol('listSaved');

/** Key of the method that gives the operation for `batch.json`, or undefined where there is nothing to send. */
export const TO_OPERATION = Symbol('toOperation');

/** Key of the method that notes that the database did what it was asked for. */
export const NOTE_DONE = Symbol('noteDone');

/** What a batch needs of an object. */
export interface BatchObject {
  [LIST_SAVED](): readonly BatchObject[];
  [TO_OPERATION](action: BatchAction): Operation | undefined;
  [NOTE_DONE](action: BatchAction): void;
}

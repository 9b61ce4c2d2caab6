/** What a batch does with an object. */
export type BatchAction = 'save' | 'destroy';

// Keys that no field of a model can have: what a batch asks of an object must not be hidden by a field of that name.

/** Key of the method that gives the operation for `batch.json`, or undefined where there is nothing to send. */
export const TO_OPERATION = Symbol('toOperation');

/** Key of the method that notes that the database did what it was asked for. */
export const NOTE_DONE = Symbol('noteDone');

/** What a batch needs of an object. */
export interface BatchObject {
  [TO_OPERATION](action: BatchAction): object | undefined;
  [NOTE_DONE](action: BatchAction): void;
}

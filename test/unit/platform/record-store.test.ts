import { DbRecordStore } from '../../../cloudcode/lock_users/src/platform/DbRecordStore';
import { FakeClock } from '../../support/fake-ports';

type Saved = Record<string, unknown> & { readonly id: string };

test('a new run whose save was carried out and its answer lost is saved as the object there, though that is not shown at first', async () => {
  const there: Saved = { id: 'one', stop_requested: true };
  const answers: (readonly Saved[])[] = [[], [there]];
  const query: object = { toArray: () => Promise.resolve(answers.shift() ?? []) };
  const saved: Saved[] = [];
  let executions = 0;
  class Batch {
    save(object: Saved): void {
      saved.push(object);
    }
    execute(): Promise<void> {
      return ++executions === 1 ? Promise.reject(new Error('No answer.')) : Promise.resolve();
    }
  }
  const model = { create: () => ({ id: 'one' }), where: () => query };
  const store = DbRecordStore.find({ lock_run: model, lock_run_batch: model, Batch }, new FakeClock(), (text) => text);
  const run = store?.newRun();
  if (store === undefined || run === undefined) throw new Error('The store was not found.');
  run.runId = 'evening';
  await expect(store.save([run], 1000)).rejects.toThrow('No answer');

  await store.save([run], 1000);

  expect(saved[1]).toBe(there);
  expect(there).toMatchObject({ run_id: 'evening', stop_requested: true });
});

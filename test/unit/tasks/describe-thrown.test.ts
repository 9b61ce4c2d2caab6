import { describeThrown } from '../../../tasks/local/runtime/describe-thrown';

function failingError(): Error {
  const fail = {
    get: () => {
      throw new Error('trap');
    }
  };
  return Object.defineProperties(new Error('no'), { stack: fail, code: fail, message: fail, name: fail });
}

const willNotBeShown = {
  [Symbol.for('nodejs.util.inspect.custom')]: () => {
    throw new Error('no');
  },
  toString: null,
  why: 'no'
};

test.each<[string, unknown, string]>([
  ['an object without a prototype', Object.assign(Object.create(null) as object, { why: 'no' }), "{ why: 'no' }"],
  ['a plain object', { type: 'X', detail: { n: 1 } }, "{ type: 'X', detail: { n: 1 } }"],
  ['an error whose message is a BigInt', Object.assign(new Error(), { message: 5n }), '5n'],
  ['an error whose members throw', failingError(), 'an error without a message that can be read'],
  ['an object that will not be shown', willNotBeShown, "why: 'no'"],
  ['a symbol', Symbol('no'), 'Symbol(no)'],
  ['nothing', undefined, 'undefined']
])('%s that a task throws is told as thrown', (_case, thrown, message) => {
  const told = describeThrown(thrown);
  expect(told.name).toBe('Error');
  expect(told.message).toContain(message);
});

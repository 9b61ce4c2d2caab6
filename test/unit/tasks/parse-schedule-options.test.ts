import { parseScheduleOptions } from '../../../tasks/local/runtime/parse-schedule-options';

test.each<[string, unknown, string]>([
  ['none', undefined, 'The options are an object.'],
  ['null', null, 'The options are an object.'],
  ['no task', {}, '"task" is the name of a task: a string that is not empty.'],
  ['an empty task', { task: '' }, '"task" is the name of a task: a string that is not empty.'],
  ['an empty queue', { task: 'a', queue: '' }, '"queue" is a string that is not empty.'],
  ['a number for a queue', { task: 'a', queue: 1 }, '"queue" is a string that is not empty.'],
  ['a text for a time', { task: 'a', at: '2030-01-01' }, '"at" is a valid Date.'],
  ['a date that is none', { task: 'a', at: new Date('?') }, '"at" is a valid Date.'],
  ['a negative delay', { task: 'a', after: -1 }, '"after" is a number of milliseconds from 0.'],
  ['a delay that is no number', { task: 'a', after: NaN }, '"after" is a number of milliseconds from 0.'],
  ['a text for a delay', { task: 'a', after: '1' }, '"after" is a number of milliseconds from 0.'],
  ['a time and a delay', { task: 'a', at: new Date(), after: 1 }, 'Either "at" or "after" is given, not both.'],
  [
    'an unknown option',
    { task: 'a', parameter: {} },
    'There is no option "parameter". The options are task, parameters, at, after, queue.'
  ],
  ['a function as parameters', { task: 'a', parameters: () => 1 }, 'The parameters are a function, which is not JSON.'],
  ['a BigInt as parameters', { task: 'a', parameters: 1n }, 'Do not know how to serialize a BigInt']
])('scheduling a task with %s is refused', (_case, options, message) => {
  expect(() => parseScheduleOptions(options, 0)).toThrow(new Error(message));
});

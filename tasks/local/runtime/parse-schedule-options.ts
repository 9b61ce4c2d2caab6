import { types } from 'node:util';
import type { ScheduleRequest } from './TaskRun';
import { serializeParameters } from './serialize-parameters';

const KEYS = ['task', 'parameters', 'at', 'after', 'queue'] as const;

/**
 * What `CloudCode.scheduleTask` was called with, as a request. A key whose value is undefined counts as not given.
 *
 * @throws Error saying what is wrong with the options
 */
export function parseScheduleOptions(options: unknown, nowMs: number): ScheduleRequest {
  if (typeof options !== 'object' || options === null) throw new Error('The options are an object.');
  const unknownKey = Object.keys(options).find((key) => !KEYS.some((known) => known === key));
  if (unknownKey !== undefined) {
    throw new Error(`There is no option ${JSON.stringify(unknownKey)}. The options are ${KEYS.join(', ')}.`);
  }
  const { task, parameters, at, after, queue } = options as Partial<Record<(typeof KEYS)[number], unknown>>;
  if (!isName(task)) throw new Error('"task" is the name of a task: a string that is not empty.');
  if (queue !== undefined && !isName(queue)) throw new Error('"queue" is a string that is not empty.');
  const atMs = parseTime(at, after, nowMs);
  return {
    task,
    ...(parameters !== undefined && { params: JSON.parse(serializeParameters(parameters)) as unknown }),
    ...(queue !== undefined && { queue }),
    ...(atMs !== undefined && { atMs })
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parseTime(at: unknown, after: unknown, nowMs: number): number | undefined {
  if (at !== undefined && after !== undefined) throw new Error('Either "at" or "after" is given, not both.');
  if (at !== undefined) {
    if (!types.isDate(at) || Number.isNaN(at.getTime())) throw new Error('"at" is a valid Date.');
    return at.getTime();
  }
  if (after === undefined) return undefined;
  if (typeof after !== 'number' || !Number.isFinite(after) || after < 0) {
    throw new Error('"after" is a number of milliseconds from 0.');
  }
  return nowMs + after;
}

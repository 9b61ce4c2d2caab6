import isPlainObject from 'lodash/isPlainObject';
import type { ScheduleRequest } from './TaskRun';

/** An invocation that waits for its time, or for its turn. */
export interface Order {
  readonly task: string;
  /** When it is due, in milliseconds since 1970. Absent: as soon as possible. */
  readonly atMs?: number;
  /** Its parameters as JSON; absent where it has none, or they are too long to be shown. */
  readonly params?: string;
}

/** Longest parameters that are shown, in characters. */
const MAX_SHOWN = 300;

/** What is told of an invocation that waits for its time. */
export function describeRequest({ task, params, atMs }: ScheduleRequest): Order {
  const json = params === undefined ? undefined : JSON.stringify(params);
  return {
    task,
    ...(atMs !== undefined && { atMs }),
    ...(json !== undefined && json.length <= MAX_SHOWN && { params: json })
  };
}

/** An order for people: `lock_users at 2027-01-31T06:00:00Z, with {"undo":"…"}`. */
export function describeOrder(order: Order): string {
  const params = chooseParameters(order);
  const time = order.atMs === undefined ? '' : ` at ${describeTime(order.atMs)}`;
  return `${order.task}${time}${params === undefined ? '' : `, with ${params}`}`;
}

/** The last moment that a date can be, in milliseconds since 1970. */
const END_OF_TIME_MS = 8.64e15;

/** A moment for people, in UTC to the second. */
export function describeTime(atMs: number): string {
  return new Date(Math.min(atMs, END_OF_TIME_MS)).toISOString().replace(/\.\d+/, '');
}

/** The parameters with which somebody does by hand what was ordered: of an undo, whose run it undoes, as the rest is about its time. */
export function chooseParameters({ params }: Order): string | undefined {
  const parsed: unknown = params === undefined ? undefined : JSON.parse(params);
  const { undo } = isPlainObject(parsed) ? (parsed as { readonly undo?: unknown }) : {};
  return typeof undo === 'string' ? JSON.stringify({ undo }) : params;
}

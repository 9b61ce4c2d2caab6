import omit from 'lodash/omit';
import type { FinishedTask, Observer } from './Activity';
import type { ScheduleRequest, TaskRunResult } from './TaskRun';
import type { Runtime } from './Runtime';
import type { WebRequest } from './WebRequest';

/** What starts a task, in the ways that the platform has. */
export type TriggerRequest =
  | { readonly kind: 'test'; readonly task: string; readonly params?: unknown }
  | (ScheduleRequest & { readonly kind: 'enqueue' })
  | { readonly kind: 'schedule'; readonly task: string; readonly atMs?: number }
  | { readonly kind: 'webhook'; readonly model: string; readonly id: string }
  | { readonly kind: 'web'; readonly task: string; readonly web: WebRequest };

/** What a trigger is about beside what its caller says. */
export interface TriggerSources {
  /** The parameters that the schedule of a task has in `.journeyrc`; undefined for none. */
  scheduledParams(task: string): unknown;
  /** What the webhooks of an object deliver. @throws Error where there are none */
  deliveriesFor(model: string, id: string): readonly { readonly task: string; readonly payload: unknown }[];
}

/** A trigger that has started its tasks. */
export interface StartedTrigger {
  /** Resolves when all is done that it has started, with the ends in their order. */
  readonly done: Promise<readonly FinishedTask[]>;
  /** What a web request is answered with. */
  readonly answer?: Promise<TaskRunResult>;
}

/** @throws Error where there is no such task or object */
export function startTrigger(
  runtime: Runtime,
  request: TriggerRequest,
  sources: TriggerSources,
  observer: Observer
): StartedTrigger {
  switch (request.kind) {
    case 'test':
      return { done: runtime.trigger(request, observer).done };
    case 'enqueue':
      return { done: runtime.enqueue(omit(request, 'kind'), observer).done };
    case 'schedule': {
      const params = sources.scheduledParams(request.task);
      const { task, atMs } = request;
      const invocation = { task, ...(params !== undefined && { params }), ...(atMs !== undefined && { atMs }) };
      return { done: runtime.enqueue(invocation, observer).done };
    }
    case 'webhook': {
      const deliveries = sources.deliveriesFor(request.model, request.id);
      const started = deliveries.map(({ task, payload }) => runtime.enqueue({ task, params: payload }, observer).done);
      return { done: Promise.all(started).then((all) => all.flat()) };
    }
    case 'web': {
      const { activity, answer } = runtime.web(request.task, request.web, observer);
      return { done: activity.done, answer };
    }
  }
}

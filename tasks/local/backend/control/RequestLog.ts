import type { Step } from '../http/Exchange';

/** One request to the API and its answer. Never a token, and a body only while it is among the newest. */
export interface RequestLogEntry {
  /** Counts from 1 and goes on counting when old entries are dropped. */
  readonly number: number;
  /** When it was answered, in milliseconds since 1970. */
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly operations?: number;
  readonly authScheme?: string;
  body?: string;
}

const MAX_ENTRIES = 20_000;
const MAX_BODIES = 200;

/** The newest requests, and how many there were of what. */
export class RequestLog {
  private entries: RequestLogEntry[] = [];
  private counted = { requests: 0, lockRequests: 0, operations: 0 };

  add(entry: Omit<RequestLogEntry, 'number'>, isLock: boolean): void {
    this.counted.requests++;
    if (isLock) {
      this.counted.lockRequests++;
      this.counted.operations += entry.operations ?? 0;
    }
    this.entries.push({ number: this.counted.requests, ...entry });
    // A million users make bodies of 100 MB in all; tests look at the newest only.
    delete this.entries[this.entries.length - 1 - MAX_BODIES]?.body;
    if (this.entries.length > 2 * MAX_ENTRIES) this.entries = this.entries.slice(-MAX_ENTRIES);
  }

  list(): readonly RequestLogEntry[] {
    return this.entries.slice(-MAX_ENTRIES);
  }

  /** Requests, those that carried a lock, and the operations of these, since the start. */
  counts(): { readonly requests: number; readonly lockRequests: number; readonly operations: number } {
    return { ...this.counted };
  }
}

/** Step: writes down each request with the status that its client gets. */
export function logRequests(log: RequestLog, nowMs: () => number): Step {
  return (request, next) => {
    const exchange = next(request);
    const { method, url, authorization, body } = request;
    return {
      ...exchange,
      complete() {
        const response = exchange.complete();
        const entry = {
          atMs: nowMs(),
          method,
          path: url.pathname,
          query: url.search,
          status: response.status,
          ...(response.operations !== undefined && { operations: response.operations }),
          ...(authorization !== undefined && { authScheme: authorization.scheme }),
          ...(body !== '' && { body })
        };
        log.add(entry, response.isLock === true);
        return response;
      }
    };
  };
}

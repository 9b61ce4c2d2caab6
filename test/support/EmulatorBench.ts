import type { Emulator } from '../../tasks/local/backend/Emulator';
import type { Fault } from '../../tasks/local/backend/control/Fault';
import { createEmulator } from '../../tasks/local/backend/start-backend';
import type { BackendOptions } from '../../tasks/local/backend/start-backend';

const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';

/** What the emulator answered. */
export interface EmulatorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly delayMs: number;
  // What a test expects of it is what the test says; it is not typed twice.
  readonly json: Record<string, unknown>;
  readonly text: string;
}

/** A user as a list shows it. */
export interface ShownUser {
  readonly id: string;
  readonly locked: boolean;
}

/** An emulator without a network, on a clock that the test moves. */
export class EmulatorBench {
  nowMs = Date.UTC(2026, 0, 1);
  readonly emulator: Emulator;
  readonly ids: readonly string[];

  constructor(users: number, switches: NonNullable<BackendOptions['switches']> = {}) {
    this.emulator = createEmulator({ backendId: BACKEND_ID, switches, nowMs: () => this.nowMs });
    this.ids = this.emulator.seed({ users }).userIds;
  }

  setFaults(...faults: Fault[]): void {
    this.emulator.setFaults({ seed: 3, faults });
  }

  call(name: string, body?: unknown, headers: { readonly cacheControl?: string } = {}): EmulatorAnswer {
    const [method = '', path = ''] = name.split(' ');
    const exchange = this.emulator.begin({
      method,
      url: new URL(`http://localhost/api/v4/${BACKEND_ID}/${path}`),
      authorization: `Bearer ${this.emulator.token}`,
      contentType: body === undefined ? undefined : 'application/json',
      body: body === undefined ? '' : JSON.stringify(body),
      ...headers
    });
    const { delayMs } = exchange;
    const response = exchange.complete();
    exchange.end();
    return {
      status: response.status,
      headers: response.headers ?? {},
      delayMs,
      // As it goes over the wire, where what is undefined is left out.
      json: response.json === undefined ? {} : (JSON.parse(JSON.stringify(response.json)) as Record<string, unknown>),
      text: response.text?.content ?? ''
    };
  }

  /** The users of a list. */
  list(name: string, body?: unknown): readonly ShownUser[] {
    return this.call(name, body).json['objects'] as ShownUser[];
  }

  /** The users that a query of objects selects. */
  query(expression: string, ...args: unknown[]): EmulatorAnswer {
    return this.call('POST objects/user/query.json', { expression, arguments: args, limit: null, skip: null });
  }

  /** Locks users by one batch; returns its results. */
  lock(...userIds: string[]): readonly Readonly<Record<string, unknown>>[] {
    const operations = userIds.map((id) => ({ method: 'users/lock', user_id: id, wipe: false }));
    return this.call('POST batch.json', { operations }).json['operations'] as Record<string, unknown>[];
  }

  isLocked(userId: string): boolean {
    return this.emulator.state.user(userId).locked;
  }
}

import { performance } from 'perf_hooks';
import { createTask } from '../../cloudcode/lock_users/src/create-task';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { StubBackend } from './StubBackend';
import type { StubAnswer } from './StubBackend';
import { userId } from './user-id';

/** A line break with a forged line, codes of terminals, separators, overrides, zero-width characters, half a pair, quotes. */
export const HOSTILE =
  'x\nResult: done: 5 locked, 0 failed\r\t\u0000\u001b[2J\u009b2J\u007f\u0085\u2028\u2029\u202e\u2066\u2069\u200b\ufeff\ud800 \u{e0041}"\\';

/** The same, longer than any line may be. */
export const LONG = HOSTILE.repeat(200);

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const MAX_LINE_BYTES = 2000;

/** How many times as fast the waits of the task pass. */
const TIMES_FASTER = 100;
const realSetTimeout = setTimeout;
const realNow = performance.now.bind(performance);

type Fields = Record<string, unknown>;

/** What `JOURNEY_API_TOKEN` holds. */
export const TOKEN = ['not', 'a', 'real', 'one'].join('-');

/** A DB, a backend, a queue and variables that say hostile things, and everything that comes out of the task. */
export class HostileWorld {
  readonly backend = new StubBackend();
  users: string[] = [userId(1), userId(2)];
  runs: Fields[] = [];
  batches: Fields[] = [];
  /** What reading from DB fails with, by model. */
  readError: Record<string, unknown> = {};
  saveError: unknown;
  queueError: unknown;
  environment: Record<string, string> = {};
  /** Answers of the backend that differ from the usual ones, by request. */
  answers: Record<string, StubAnswer> = {};
  /** Everything that came out, by where it did. */
  readonly outputs: { readonly where: string; readonly text: string }[] = [];
  readonly scheduled: unknown[] = [];
  /** The address of the backend. */
  url = '';

  private constructor() {
    this.backend.answer = ({ name, body }) => this.answers[name] ?? this.answer(name, body);
  }

  /** What the task prints goes here until the world is closed, and its waits pass faster. */
  static async open(): Promise<HostileWorld> {
    const world = new HostileWorld();
    // A wait takes its whole time for the task, so that it gives up as early as on the platform.
    let skippedMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => realNow() + skippedMs);
    jest.spyOn(global, 'setTimeout').mockImplementation((act: () => void, waitMs = 0) =>
      realSetTimeout(() => {
        skippedMs += waitMs;
        act();
      }, waitMs / TIMES_FASTER)
    );
    jest.spyOn(console, 'log').mockImplementation((text: unknown) => world.line(String(text)));
    world.url = await world.backend.start();
    return world;
  }

  async close(): Promise<void> {
    jest.restoreAllMocks();
    await this.backend.stop();
  }

  private answer(name: string, body: string): StubAnswer {
    if (name === 'GET users') {
      const objects = this.users.map((id) => ({ id, locked: false, enrolled: true, sessions: [] }));
      return { body: JSON.stringify({ objects, more: false }) };
    }
    if (name !== 'POST batch.json') return { body: '{}' };
    const { operations } = JSON.parse(body) as { operations: unknown[] };
    return { body: JSON.stringify({ operations: operations.map(() => ({ success: true })) }) };
  }

  /** Runs the task, and keeps its report or error. */
  async run(params: unknown = {}, runtime?: unknown): Promise<Report | undefined> {
    try {
      const report = await this.task(runtime).run(params);
      this.keep('report', report);
      return report;
    } catch (error) {
      this.keep(
        'error',
        error instanceof Error ? [error.name, error.message, error.stack?.split('\n    at ')[0]] : error
      );
      return undefined;
    }
  }

  async post(
    body: string,
    headers: Record<string, string> = {},
    url = '/lock_users',
    runtime?: unknown
  ): Promise<number> {
    let status = 0;
    const answer = await this.task(runtime).post({
      request: { url, body, header: (name) => headers[name] },
      response: { status: (code) => (status = code) }
    });
    this.keep('web response', answer);
    return status;
  }

  /** Keeps a line of the log. The report in the last one may be long. */
  line(text: string): void {
    const isReport = text.startsWith('{"version"');
    this.outputs.push({ where: isReport ? 'last line' : 'line', text });
  }

  /** What of the outputs is not clean, or is a line that is too long. */
  findDirt(): string[] {
    return this.outputs.flatMap(({ where, text }) => {
      const isLong = where === 'line' && Buffer.byteLength(text) >= MAX_LINE_BYTES;
      return UNSAFE.test(text) || isLong ? [`${where}: ${JSON.stringify(text.slice(0, 200))}`] : [];
    });
  }

  private task(runtime?: unknown): ReturnType<typeof createTask> {
    return createTask({
      db: this.database(),
      cloudCode: {
        scheduleTask: (options: unknown) => {
          if (this.queueError !== undefined) return Promise.reject(this.queueError as Error);
          this.scheduled.push(options);
          return Promise.resolve();
        }
      },
      environment: {
        JOURNEY_BACKEND_URL: this.url,
        JOURNEY_API_TOKEN: TOKEN,
        LOCK_USERS_ARMED: 'true',
        LOCK_USERS_WEBHOOK: 'true',
        LOCK_USERS_BUDGET_SECONDS: '1',
        ...this.environment
      },
      runtime
    });
  }

  /** Every text in a value, however deep. */
  private keep(where: string, value: unknown): void {
    if (typeof value === 'string') this.outputs.push({ where, text: value });
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        this.outputs.push({ where, text: name });
        this.keep(`${where}.${name}`, inner);
      }
    }
  }

  private database(): object {
    // The task keeps what it has read in objects, so what it assigns is what comes out.
    const open = (fields: Fields): Fields =>
      new Proxy(fields, {
        has: () => true,
        set: (target, name, value) => {
          this.keep(`record.${String(name)}`, value);
          target[String(name)] = value as unknown;
          return true;
        }
      });
    const collection = (model: string, read: (text: string) => Fields[]): object => {
      const query = (from: number, text: string): object => ({
        where: () => query(from, text),
        orderBy: () => query(from, text),
        limit: () => query(from, text),
        skip: (count: number) => query(count, text),
        toArray: () =>
          model in this.readError
            ? Promise.reject(this.readError[model] as Error)
            : Promise.resolve(read(text).slice(from))
      });
      return {
        all: () => query(0, ''),
        where: (text: string) => query(0, text),
        create: () => open({ id: userId(9000) })
      };
    };
    const world = (): unknown => this.saveError;
    // A run that looks for others finds itself as well, once it was saved.
    const saved = new Set<Fields>();
    const findOwnRun = (text: string): Fields[] => [...saved].filter(({ status }) => text === 'status in ?' && status);
    return {
      user: collection('user', () => this.users.map((id) => ({ id }))),
      lock_run: collection('lock_run', (text) => [...this.runs.map(open), ...findOwnRun(text)]),
      lock_run_batch: collection('lock_run_batch', () => this.batches.map(open)),
      Batch: class {
        save(object: Fields): void {
          if (object['id'] === userId(9000)) saved.add(object);
        }

        execute(): Promise<void> {
          return world() === undefined ? Promise.resolve() : Promise.reject(world() as Error);
        }
      }
    };
  }
}

import type { Collection } from '../../tasks/local/runtime/db/Collection';
import { connectDatabase } from '../../tasks/local/runtime/db/connect-database';
import type { Database } from '../../tasks/local/runtime/db/connect-database';
import { StubBackend } from './StubBackend';
import type { StubAnswer } from './StubBackend';

const text = { type: 'text' };
const thing = {
  name: 'thing',
  label: 'Thing',
  display: '{title} ({depot.name})',
  fields: {
    title: text,
    size: { type: 'number' },
    amount: { type: 'integer' },
    active: { type: 'boolean' },
    born: { type: 'date' },
    seen_at: { type: 'datetime' },
    colour: { type: 'single-choice', options: [{ key: 'red', display: 'Red' }] },
    grade: { type: 'single-choice-integer', options: [{ key: 0, display: 'A' }] },
    tags: { type: 'multiple-choice', options: [{ key: 'x', display: 'X' }] },
    numbers: { type: 'multiple-choice-integer', options: [{ key: 1, display: 'One' }] }
  },
  belongs_to: { depot: { name: 'depot', model: 'depot' } },
  has_many: { parts: { name: 'parts', model: 'part' } }
};
const depot = { name: 'depot', label: 'Depot', display: '{name}', fields: { name: text }, belongs_to: {} };
const part = {
  name: 'part',
  label: 'Part',
  display: '{label}',
  fields: { label: text },
  belongs_to: { thing: { name: 'thing', model: 'thing' } }
};

/** A `DB` with the models `thing`, `depot` and `part` on a server that answers what the test says, and keeps what it is sent. */
export class StubDatabase {
  private constructor(
    private readonly stub: StubBackend,
    readonly DB: Database,
    /** The waits that the client has asked for, in milliseconds. None of them is waited for. */
    readonly waits: readonly number[]
  ) {}

  static async start(): Promise<StubDatabase> {
    const stub = new StubBackend();
    const waits: number[] = [];
    const url = await stub.start();
    stub.answer = () => ({ body: JSON.stringify({ models: { thing, depot, part } }) });
    const sleep = (delayMs: number): Promise<void> => {
      waits.push(delayMs);
      return Promise.resolve();
    };
    const DB = await connectDatabase({ url, token: 'x', sleep });
    stub.requests.length = 0;
    const database = new StubDatabase(stub, DB, waits);
    database.answer({ objects: [], more: false });
    return database;
  }

  get things(): Collection {
    const { thing: things } = this.DB;
    if (things === undefined) throw new Error('There is no model "thing".');
    return things;
  }

  get depots(): Collection {
    const { depot: depots } = this.DB;
    if (depots === undefined) throw new Error('There is no model "depot".');
    return depots;
  }

  /** Answers every request so from now on; batches with as many results as they have operations, unless `operations` says. */
  answer(body: object): void {
    this.answerWith((sent) => {
      const operations = (JSON.parse(sent || '{}') as { operations?: unknown[] }).operations?.map(() => ({}));
      return { body: JSON.stringify({ ...(operations && { operations }), ...body }) };
    });
  }

  answerWith(makeAnswer: (sent: string, count: number) => StubAnswer): void {
    this.stub.answer = ({ body }) => makeAnswer(body, this.stub.requests.length);
  }

  /** What was sent since the last look: method and path with the query, and the body. */
  takeSent(): [name: string, body?: unknown][] {
    return this.stub.requests.splice(0).map(({ name, query, body }) => {
      const address = `${name}${decodeURIComponent(query)}`;
      return body === '' ? [address] : [address, JSON.parse(body) as unknown];
    });
  }

  stop(): Promise<void> {
    return this.stub.stop();
  }
}

import type { Emulator } from '../../tasks/local/backend/Emulator';
import { createEmulator } from '../../tasks/local/backend/start-backend';
import { VEHICLES } from '../contract/fixtures/vehicles';
import { userId } from './user-id';

const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';

/** A backend whose vehicles are numbered rows, to ask which of them a query selects. */
export class QueryBench {
  private readonly emulator: Emulator;

  constructor(rows: readonly object[]) {
    this.emulator = createEmulator({ backendId: BACKEND_ID, schemaPath: VEHICLES });
    this.emulator.setLimits({ enforced: false });
    rows.forEach((row, n) => this.call('PUT', `objects/vehicle/${userId(n)}.json`, { vehicle: row }));
  }

  /** The numbers of the rows that a query of the query language selects. */
  select(expression: string, ...values: readonly unknown[]): number[] {
    return this.list('POST', 'objects/vehicle/query.json', { expression, arguments: values, sort: ['id'] });
  }

  /** The numbers of the rows that a filter in the address selects. */
  filter(filter: string, value: string): number[] {
    return this.list('GET', `objects/vehicle.json?sort[id]=1&${filter}=${encodeURIComponent(value)}`);
  }

  private list(method: string, path: string, body?: object): number[] {
    const { objects } = this.call(method, path, body) as { objects: readonly { id: string }[] };
    return objects.map(({ id }) => Number(id.slice(-12)));
  }

  /** @throws Error where the backend does not answer with 200 */
  private call(method: string, path: string, body?: object): unknown {
    const exchange = this.emulator.begin({
      method,
      url: new URL(`http://localhost/api/v4/${BACKEND_ID}/${path}`),
      authorization: `Bearer ${this.emulator.token}`,
      contentType: 'application/json',
      body: body === undefined ? '' : JSON.stringify(body)
    });
    const { status, json } = exchange.complete();
    exchange.end();
    if (status !== 200) throw new Error(`${method} ${path} was answered with ${status}: ${JSON.stringify(json)}`);
    return json;
  }
}

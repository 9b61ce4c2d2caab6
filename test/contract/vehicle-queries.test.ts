import { QueryBench } from '../support/QueryBench';
import { queries, rows } from './fixtures/vehicle-queries.json';

// Source: the rows that the vendor's client (@journeyapps/db 8.1.1) selects by its own evaluation, recorded over rows made up for
// this. That the server evaluates alike is assumed.

const bench = new QueryBench(rows);

test.each(queries as [string, unknown[], string][])('"%s" with %j selects the rows %s', (where, values, expected) => {
  expect(bench.select(where, ...values).join(' ')).toBe(expected);
});

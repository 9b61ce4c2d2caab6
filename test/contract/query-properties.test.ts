import * as fc from 'fast-check';
import { QueryBench } from '../support/QueryBench';

// Source: the evaluation of the vendor's client, and "Query objects" of its documentation for filters in the address.

const DAYS = ['2020-01-01', '2020-02-29', '2021-12-31'];
const WORD = fc.stringMatching(/^[aAbBÄä1]{0,3}$/);
const LIST = fc.subarray(['ramp', 'hook']);

/** Values of the fields that have an order. */
const ORDERED = { plate: WORD, weight: fc.integer({ min: -2, max: 2 }), built: fc.constantFrom(...DAYS) };
type OrderedField = keyof typeof ORDERED;

const row = fc.record(
  { ...ORDERED, equipment: LIST, electric: fc.boolean(), seats: fc.integer({ min: 0, max: 3 }) },
  { requiredKeys: [] }
);
const rows = fc.array(row, { minLength: 1, maxLength: 12 });
const orderedField = fc.constantFrom<OrderedField>('plate', 'weight', 'built');
const comparison = orderedField.chain((field) =>
  fc.record({ field: fc.constant(field), value: ORDERED[field] as fc.Arbitrary<string | number> })
);

function allOf(list: readonly unknown[]): number[] {
  return list.map((_, n) => n);
}

function merge(...parts: readonly number[][]): number[] {
  return parts.flat().sort((a, b) => a - b);
}

test('= and != divide all rows between them, and so do "in" and "not in", with null and without', () => {
  fc.assert(
    fc.property(rows, comparison, fc.boolean(), (given, { field, value }, withNull) => {
      const bench = new QueryBench(given);
      const argument = withNull ? null : value;

      expect(merge(bench.select(`${field} = ?`, argument), bench.select(`${field} != ?`, argument))).toEqual(
        allOf(given)
      );
      const values = [value, argument];
      expect(merge(bench.select(`${field} in ?`, values), bench.select(`${field} not in ?`, values))).toEqual(
        allOf(given)
      );
    })
  );
});

test('a row without a value is selected by no comparison of order, and null orders nothing', () => {
  fc.assert(
    fc.property(rows, comparison, (given, { field, value }) => {
      const bench = new QueryBench(given);
      const filled = bench.select(`${field} != ?`, null);

      expect(merge(bench.select(`${field} < ?`, value), bench.select(`${field} >= ?`, value))).toEqual(filled);
      expect(merge(bench.select(`${field} > ?`, value), bench.select(`${field} <= ?`, value))).toEqual(filled);
      for (const operator of ['<', '<=', '>', '>=']) expect(bench.select(`${field} ${operator} ?`, null)).toEqual([]);
    })
  );
});

test('true and false have no order', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('<', '<=', '>', '>='), fc.boolean(), (given, operator, value) => {
      expect(new QueryBench(given).select(`electric ${operator} ?`, value)).toEqual([]);
    })
  );
});

test('the query language heeds no letter case where it looks into a text, and a filter in the address does', () => {
  fc.assert(
    fc.property(rows, WORD, (given, text) => {
      const bench = new QueryBench(given);

      for (const operator of ['contains', 'starts with']) {
        const selected = bench.select(`plate ${operator} ?`, text);
        expect(bench.select(`plate ${operator} ?`, text.toLowerCase())).toEqual(selected);
        expect(bench.select(`plate ${operator} ?`, text.toUpperCase())).toEqual(selected);
      }
      const exactly = allOf(given).filter((n) => given[n]?.plate?.includes(text) === true);
      expect(bench.filter('q[plate.contains]', text)).toEqual(exactly);
    })
  );
});

test('"contains" a list means each of it, "in" a list means one of it', () => {
  fc.assert(
    fc.property(rows, LIST, (given, list) => {
      const bench = new QueryBench(given);
      const having = (entry: string): number[] => bench.select('equipment contains ?', entry);

      const each = allOf(given).filter((n) => list.every((entry) => having(entry).includes(n)));
      expect(bench.select('equipment contains ?', list)).toEqual(each);
      const one = allOf(given).filter((n) => list.some((entry) => having(entry).includes(n)));
      expect(bench.select('equipment in ?', list)).toEqual(one);
    })
  );
});

test('a multiple choice without a value is an empty list, and never null', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const bench = new QueryBench(given);
      const empty = allOf(given).filter((n) => (given[n]?.equipment ?? []).length === 0);

      expect(bench.select('equipment = ?', [])).toEqual(empty);
      expect(bench.select('equipment = ?', null)).toEqual([]);
      expect(bench.filter('q[equipment.null]', 'true')).toEqual(empty);
    })
  );
});

test('"and" selects what both select, "or" what one of them selects', () => {
  fc.assert(
    fc.property(rows, comparison, comparison, (given, a, b) => {
      const bench = new QueryBench(given);
      const [left, right] = [bench.select(`${a.field} = ?`, a.value), bench.select(`${b.field} > ?`, b.value)];
      const select = (join: string): number[] =>
        bench.select(`${a.field} = ? ${join} ${b.field} > ?`, a.value, b.value);

      expect(select('and')).toEqual(left.filter((n) => right.includes(n)));
      expect(select('or')).toEqual(allOf(given).filter((n) => left.includes(n) || right.includes(n)));
    })
  );
});

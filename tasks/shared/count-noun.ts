/**
 * A number with its noun: `1 user`, `2 users`. The noun may have its verb with it: `countNoun(n, 'device is', 'devices are')`.
 *
 * @param many the form for every number but 1. Default: `one` with an "s"
 */
export function countNoun(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What a hand-made caller does on the platform's behalf: globals, environment, `run`, the report as the last line. */
export const RUNNER = `
const ids = JSON.parse(process.env.TEST_USER_IDS);
const query = (limit, skip) => ({
  orderBy: () => query(limit, skip),
  limit: (count) => query(count, skip),
  skip: (count) => query(limit, count),
  toArray: () => Promise.resolve(ids.slice(skip, skip + limit).map((id) => ({ id })))
});
global.DB = { user: { all: () => query(1000, 0), where: () => query(1000, 0) } };
require('./index.js').run().then((report) => console.log(JSON.stringify(report)));
`;

import type { ServerResponse } from 'node:http';
import { LocalOperator } from '../support/LocalOperator';
import { OperatorBench } from '../support/OperatorBench';
import { StubBackend } from '../support/StubBackend';
import type { StubRequest } from '../support/StubBackend';

let stub: StubBackend;
let there: LocalOperator;
let operator: OperatorBench;
beforeEach(async () => {
  stub = new StubBackend();
  there = await LocalOperator.start();
  there.backend.seed({ users: 2 });
  const url = (await stub.start()).replace(/[^/]+$/, there.backend.url.replace(/^.*\//, ''));
  operator = new OperatorBench({ url, token: there.backend.token });
  operator.configure({ variables: { LOCK_USERS_PROTECTED: 'none' } });
});
afterEach(async () => {
  await stub.stop();
  await there.close();
  operator.remove();
});

/** A gateway before the backend that quotes the request's header where it refuses one. */
function refuse(path: RegExp): void {
  stub.answer = (request) =>
    path.test(request.name)
      ? {
          status: 403,
          body: JSON.stringify({ type: 'FORBIDDEN', detail: `Not allowed: ${request.headers.authorization}` })
        }
      : (response) => void passOn(request, response);
}

async function passOn({ name, query, headers, body }: StubRequest, response: ServerResponse): Promise<void> {
  const [method = '', path = ''] = name.split(' ');
  const { authorization = '' } = headers;
  const init = { method, headers: { authorization, 'content-type': 'application/json' }, ...(body !== '' && { body }) };
  const answer = await fetch(new URL(path, there.backend.url) + query, init);
  response.writeHead(answer.status, { 'Content-Type': 'application/json' });
  response.end(await answer.text());
}

test.each([
  [['runs']],
  [['status', 'r1']],
  [['apply', '--confirm', '2']],
  [['apply', '--direct', '--confirm', '2']],
  [['doctor']]
])('%j prints no token that comes back in the answer to a query of records', async (args) => {
  refuse(/objects\/lock_run/);
  const { stdout, stderr } = await operator.call(...args);

  expect(stdout + stderr).toContain('[redacted]');
  expect(stdout + stderr).not.toContain(there.backend.token);
});

test('a record that has the token, from before, shows it to nobody', async () => {
  const lockRun = {
    status: 'failed',
    run_id: 'r1',
    action: 'lock',
    requested_by: there.backend.token,
    message: `Not allowed: Token ${there.backend.token}`,
    started_at: new Date().toISOString(),
    finished_at: new Date().toISOString()
  };
  await there.createRun(lockRun);

  for (const args of [['runs'], ['status', 'r1']]) {
    const { stdout } = there.note(await there.open({ isTerminal: true }).call(...args));
    expect(stdout).toContain('[redacted]');
  }
});

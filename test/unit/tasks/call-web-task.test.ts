import { callWebTask } from '../../../tasks/local/runtime/call-web-task';
import type { WebAnswer, WebRequest } from '../../../tasks/local/runtime/WebRequest';

interface Access {
  authorized(context?: unknown): unknown;
  unauthorized(answer?: object): unknown;
}
interface Call {
  readonly access: Access;
  readonly request: {
    readonly method: string;
    readonly body?: string;
    header(name: string): string | undefined;
    json(): Promise<unknown>;
  };
  readonly response: { status(code: number): unknown };
  readonly params: unknown;
  readonly authContext: unknown;
}

const everybody = ({ access }: Call): unknown => access.authorized({ who: 'me' });
let errors: unknown[];

function call(exported: Record<string, unknown>, web: Partial<WebRequest> = {}): Promise<WebAnswer> {
  errors = [];
  const request = { method: 'POST', url: '/t?a=1', headers: { 'x-one': '1' }, body: '{"b":2}', ...web };
  return callWebTask(exported, request, { backend: 'here' }, (error) => errors.push(error));
}

test.each<[string, Record<string, unknown>]>([
  ['is missing', {}],
  ['is no function', { authenticate: true }],
  ['throws', { authenticate: () => Promise.reject(new Error('no')) }],
  ['returns nothing', { authenticate: () => undefined }],
  ['returns true', { authenticate: () => true }],
  ['returns what looks like a verdict', { authenticate: () => ({ authorized: true }) }],
  ['returns the verdict in a promise of its own making only', { authenticate: () => ({ then: undefined }) }]
])('where "authenticate" %s the request fails with 500, and the caller learns nothing', async (_name, exported) => {
  const post = jest.fn();

  const answer = await call({ ...exported, post });

  expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' });
  expect(post).not.toHaveBeenCalled();
  expect(errors).toHaveLength(1);
});

test.each<[object | undefined, number, string]>([
  [undefined, 401, 'Unauthorized'],
  [{ status: 403, body: 'Not you' }, 403, 'Not you']
])('unauthorized(%j) is answered with %i', async (given, status, body) => {
  const post = jest.fn();

  expect(await call({ authenticate: ({ access }: Call) => access.unauthorized(given), post })).toMatchObject({
    status,
    body
  });
  expect(post).not.toHaveBeenCalled();
});

test('the handler of the method gets the request, and sets the status', async () => {
  async function post(this: unknown, { request, response, params, authContext }: Call): Promise<unknown> {
    response.status(202);
    const { method, body } = request;
    return { method, body, json: await request.json(), one: request.header('X-One'), params, authContext, self: this };
  }

  const answer = await call({ authenticate: everybody, post });

  expect(answer).toMatchObject({ status: 202, headers: { 'content-type': 'application/json' } });
  expect(JSON.parse(answer.body)).toEqual({
    method: 'POST',
    body: '{"b":2}',
    json: { b: 2 },
    one: '1',
    params: { a: '1' },
    authContext: { who: 'me' },
    self: { backend: 'here' }
  });
});

test.each<[string, unknown, string, string]>([
  ['text', 'hello', 'hello', 'text/plain; charset=utf-8'],
  ['a list', [1], '[1]', 'application/json'],
  ['null', null, 'null', 'application/json']
])('%s is answered as it is', async (_name, result, body, type) => {
  expect(await call({ authenticate: everybody, post: () => result })).toEqual({
    status: 200,
    body,
    headers: { 'content-type': type }
  });
});

test('nothing is answered with an empty body', async () => {
  expect(await call({ authenticate: everybody, post: () => undefined })).toEqual({
    status: 200,
    headers: {},
    body: ''
  });
});

test.each(['GET', 'PATCH', 'CONSTRUCTOR', '__PROTO__', 'TOSTRING', 'HASOWNPROPERTY'])(
  'a method without a handler, such as %s, is answered with 405',
  async (method) => {
    expect(await call({ authenticate: everybody, post: () => 1 }, { method })).toMatchObject({ status: 405 });
  }
);

test('a handler that throws is answered with 500, and what it said goes to the log', async () => {
  const answer = await call({ authenticate: everybody, post: () => Promise.reject(new Error('a secret')) });

  expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' });
  expect(errors).toEqual([new Error('a secret')]);
});

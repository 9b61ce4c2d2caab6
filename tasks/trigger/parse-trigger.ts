import { parseArgs } from 'node:util';
import type { TriggerRequest } from '../local/runtime/start-trigger';

/** What the command says about itself. */
export const USAGE = `Usage: npm run task -- TRIGGER … [--deployment NAME]

Starts a task as the platform would, and waits until all is done that it has scheduled. The log goes to stderr, the result of
the run that ended last to stdout.

  test TASK [--params JSON]      OXIDE's "Test CloudCode Task".
  schedule TASK [--at TIME]      Its schedule of .journeyrc, now or at that time (ISO 8601, such as 2027-01-31T02:00:00Z).
  webhook MODEL ID               The webhooks of that object, once more.
  web TASK [--method POST] [--body JSON] [--header 'NAME: VALUE']…
                                 A web request. Default: POST, with the local LOCK_USERS_WEB_SECRET as Bearer.
  enqueue TASK [--params JSON] [--queue NAME] [--after SECONDS]
                                 CloudCode.scheduleTask, as another task would call it. Default queue: the task's name.

  --deployment NAME  A deployment of .journeyrc. Default: its default. A local one needs "npm run local" in another
                     terminal; on one of JourneyApps, the task runs on this machine and changes that deployment.
  --help             Print this text.

Exit codes: 0 the task did what it was asked for, 1 its report or its answer says that it did not, 2 wrong usage or
settings, 3 it threw or was killed, 130 stopped by Ctrl-C.
`;

/** A command line, read. */
export interface Options {
  readonly deployment?: string;
  /** Makes the request; the secret is known only when the platform is found. */
  readonly request: (webSecret: string | undefined) => TriggerRequest;
}

const FLAGS: Readonly<Record<TriggerRequest['kind'], readonly string[]>> = {
  test: ['params'],
  schedule: ['at'],
  webhook: [],
  web: ['method', 'body', 'header'],
  enqueue: ['params', 'queue', 'after']
};

/**
 * Reads the command line.
 *
 * @param nowMs milliseconds since 1970
 * @throws Error saying what is wrong with it
 */
export function parseOptions(args: readonly string[], nowMs: number): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ params: { type: 'string' }, at: { type: 'string' }, method: { type: 'string' }, body: { type: 'string' } },
      ...{ header: { type: 'string', multiple: true }, queue: { type: 'string' }, after: { type: 'string' } },
      ...{ deployment: { type: 'string' }, help: { type: 'boolean', default: false } }
    }
  });
  if (values.help) return 'help';
  const [kind = '', name, ...rest] = positionals;
  if (!isKind(kind)) throw usageError(`Name the trigger: ${Object.keys(FLAGS).join(', ')}.`);
  if (name === undefined) throw usageError(kind === 'webhook' ? 'Name the model and the id.' : 'Name the task.');
  const [id] = rest;
  if (rest.length !== (kind === 'webhook' ? 1 : 0)) throw usageError(`"${kind}" takes another number of names.`);
  const flag = Object.keys(values).find((given) => !['deployment', 'help', ...FLAGS[kind]].includes(given));
  if (flag !== undefined) throw usageError(`--${flag} is no option of "${kind}".`);

  const { deployment, header = [], method = 'POST', body = '' } = values;
  const params = parseJson('--params', values.params);
  const request = (webSecret: string | undefined): TriggerRequest => {
    switch (kind) {
      case 'test':
        return { kind, task: name, ...(params !== undefined && { params }) };
      case 'schedule':
        return { kind, task: name, ...(values.at !== undefined && { atMs: parseTime(values.at) }) };
      case 'webhook':
        return { kind, model: name, id: id ?? '' };
      case 'web': {
        const secret = webSecret === undefined ? {} : { authorization: `Bearer ${webSecret}` };
        const headers = { ...secret, 'content-type': 'application/json', ...parseHeaders(header) };
        return { kind, task: name, web: { method: method.toUpperCase(), url: `/${name}`, headers, body } };
      }
      case 'enqueue': {
        const atMs = values.after === undefined ? undefined : nowMs + parseSeconds(values.after) * 1000;
        const order = { kind, task: name, queue: values.queue ?? name } as const;
        return { ...order, ...(params !== undefined && { params }), ...(atMs !== undefined && { atMs }) };
      }
    }
  };
  // Whatever is wrong is told before anything is built.
  request(undefined);
  return { request, ...(deployment !== undefined && { deployment }) };
}

function isKind(text: string): text is TriggerRequest['kind'] {
  return Object.hasOwn(FLAGS, text);
}

function usageError(what: string): Error {
  return new Error(`${what}\n\n${USAGE}`);
}

function parseJson(flag: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`${flag} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseTime(text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs)) throw new Error('--at is a time such as 2027-01-31T02:00:00Z.');
  return atMs;
}

function parseSeconds(text: string): number {
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text)) throw new Error('--after is a number of seconds from 0.');
  return Number(text);
}

function parseHeaders(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(header) ?? [];
      if (name === undefined || value === undefined) throw new Error("--header is written 'Name: value'.");
      return [name.toLowerCase(), value];
    })
  );
}

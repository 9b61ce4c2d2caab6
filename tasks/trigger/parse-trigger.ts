import { suggestName } from '../../cloudcode/lock_users/src/input/did-you-mean';
import type { CommandLine, OptionTable } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import type { TriggerRequest } from '../local/runtime/start-trigger';

/** The forms of the command, for its usage. */
export const FORMS = [
  ['test TASK [--params JSON]', 'OXIDE\'s "Test CloudCode Task".'],
  [
    'schedule TASK [--at TIME]',
    'The schedule that the task has in .journeyrc, now or at that time (ISO 8601, such as 2027-01-31T02:00:00Z).'
  ],
  ['webhook MODEL ID', 'The webhooks of that object, once more.'],
  [
    "web TASK [--method M] [--body JSON] [--header 'NAME: VALUE']…",
    'A web request. Default: POST, with the local LOCK_USERS_WEB_SECRET as Bearer.'
  ],
  [
    'enqueue TASK [--params JSON] [--queue NAME] [--after SECONDS]',
    'CloudCode.scheduleTask, as another task would call it.'
  ]
] as const;

/** The options of the command; which trigger takes which is in `FORMS`. */
export const OPTIONS = {
  params: {
    type: 'string',
    value: 'JSON',
    about: 'Parameters of the task. Default: none; needed on a deployment of JourneyApps.'
  },
  at: { type: 'string', value: 'TIME', about: 'When the task is to run. Default: now.' },
  method: { type: 'string', value: 'M', about: 'Method of the web request. Default: POST.' },
  body: { type: 'string', value: 'JSON', about: 'Body of the web request. Default: empty.' },
  header: {
    type: 'string',
    value: "'NAME: VALUE'",
    multiple: true,
    about: 'Header of the web request; may be repeated.'
  },
  queue: { type: 'string', value: 'NAME', about: "Queue of the invocation. Default: the task's name." },
  after: { type: 'string', value: 'SECONDS', about: 'How long the invocation is put off. Default: not at all.' },
  deployment: {
    type: 'string',
    value: 'NAME',
    about:
      'A deployment of .journeyrc. Default: its default. A local one needs "npm run local" in another terminal. On one of JourneyApps, the task runs on this machine and changes that deployment.'
  }
} as const satisfies OptionTable;

const OPTIONS_OF: Readonly<Record<TriggerRequest['kind'], readonly string[]>> = {
  test: ['params'],
  schedule: ['at'],
  webhook: [],
  web: ['method', 'body', 'header'],
  enqueue: ['params', 'queue', 'after']
};

/**
 * Reads the command line. The request is made once more when the platform has been found, because its secret for web
 * requests is known only then.
 *
 * @param nowMs milliseconds since 1970
 * @throws UsageError saying what is wrong with the command line
 */
export function parseTrigger(
  { options, operands }: CommandLine<typeof OPTIONS>,
  nowMs: number
): (webSecret: string | undefined) => TriggerRequest {
  const [kind = '', name, ...rest] = operands;
  if (!isKind(kind)) {
    const unknown = kind === '' ? '' : `Unknown trigger "${kind}". ${suggestName(kind, Object.keys(OPTIONS_OF))} `;
    throw new UsageError(`${unknown}Name the trigger: ${Object.keys(OPTIONS_OF).join(', ')}.`);
  }
  if (name === undefined) throw new UsageError(kind === 'webhook' ? 'Name the model and the id.' : 'Name the task.');
  const [id] = rest;
  if (rest.length !== (kind === 'webhook' ? 1 : 0)) {
    throw new UsageError(`"${kind}" takes ${kind === 'webhook' ? 'a model and an id' : 'one task'}, nothing else.`);
  }
  const wrong = Object.entries(options).find(
    ([option, value]) => value?.length !== undefined && value.length > 0 && !isOptionOf(kind, option)
  );
  if (wrong !== undefined) throw new UsageError(`--${wrong[0]} is not an option of "${kind}".`);

  const { header, at, after, queue = name, method = 'POST', body = '' } = options;
  const params = parseJson('--params', options.params);
  const request = (webSecret: string | undefined): TriggerRequest => {
    switch (kind) {
      case 'test':
        return { kind, task: name, ...(params !== undefined && { params }) };
      case 'schedule':
        return { kind, task: name, ...(at !== undefined && { atMs: parseTime(at) }) };
      case 'webhook':
        return { kind, model: name, id: id ?? '' };
      case 'web': {
        const secret = webSecret === undefined ? {} : { authorization: `Bearer ${webSecret}` };
        const headers = { ...secret, 'content-type': 'application/json', ...parseHeaders(header) };
        return { kind, task: name, web: { method: method.toUpperCase(), url: `/${name}`, headers, body } };
      }
      case 'enqueue': {
        const atMs = after === undefined ? undefined : nowMs + parseSeconds(after) * 1000;
        return {
          kind,
          task: name,
          queue,
          ...(params !== undefined && { params }),
          ...(atMs !== undefined && { atMs })
        };
      }
    }
  };
  // So that mistakes are reported before anything is built.
  request(undefined);
  return request;
}

function isKind(text: string): text is TriggerRequest['kind'] {
  return Object.hasOwn(OPTIONS_OF, text);
}

function isOptionOf(kind: TriggerRequest['kind'], option: string): boolean {
  return option === 'deployment' || OPTIONS_OF[kind].includes(option);
}

function parseJson(flag: string, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${flag} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseTime(text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs)) throw new UsageError('--at is a time such as 2027-01-31T02:00:00Z.');
  return atMs;
}

function parseSeconds(text: string): number {
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text)) throw new UsageError('--after is a number of seconds from 0.');
  return Number(text);
}

function parseHeaders(headers: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(header) ?? [];
      if (name === undefined || value === undefined) throw new UsageError("--header is written 'NAME: VALUE'.");
      return [name.toLowerCase(), value];
    })
  );
}

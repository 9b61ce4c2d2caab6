import Ajv from 'ajv';
import { OBJECT_ID } from '../state/field-values';
import { MALFORMATIONS } from './Fault';
import type { Fault, FaultScript } from './Fault';

const share = { type: 'number', minimum: 0, maximum: 1 };
const scope = {
  route: { type: 'string', pattern: '^[A-Z]+ \\S+$' },
  locks: { type: 'boolean' },
  at: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1 } },
  from: { type: 'integer', minimum: 1 },
  share,
  forMs: { type: 'number', exclusiveMinimum: 0 }
};
const userIds = { type: 'array', items: { type: 'string' } };
/** A day at most, because the states of that time are kept. */
const ms = { type: 'number', minimum: 0, maximum: 86_400_000 };
const boolean = { type: 'boolean' };

/** One schema for each kind, so that a mistake is told in the words of its kind. */
const KINDS: Readonly<Record<Fault['kind'], object>> = {
  status: describeKind(['status'], {
    status: { type: 'integer', minimum: 400, maximum: 599 },
    body: { enum: ['json', 'html', 'empty'] },
    applied: { type: 'boolean' },
    retryAfter: { type: 'number', minimum: 0 },
    retryAfterAs: { enum: ['seconds', 'date'] }
  }),
  delay: describeKind(['ms'], { ms: { type: 'number', minimum: 0 } }),
  drop: describeKind(['applied'], { applied: { type: 'boolean' } }),
  truncate: describeKind([], {}),
  'no-json': describeKind([], {}),
  short: describeKind([], {}),
  reorder: describeKind([], {}),
  'error-body': describeKind(['body', 'applied'], { body: { enum: ['json', 'html'] }, applied: boolean }),
  'fail-operations': describeKind(['operations'], {
    operations: share,
    type: { type: 'string', minLength: 1 },
    applied: boolean,
    timesEach: { type: 'integer', minimum: 1 }
  }),
  poison: describeKind(['userIds', 'status'], {
    userIds,
    status: { enum: [400, 413, 422] }
  }),
  'heavy-page': describeKind(['rows', 'answer'], {
    rows: { type: 'integer', minimum: 1 },
    answer: { enum: ['time-out', 400, 413, 422, 502, 504] }
  }),
  cache: describeKind(['ms'], { ms, heedsNoCache: boolean }),
  'read-lag': describeKind(['ms'], { ms }),
  'other-order': describeKind([], { once: boolean }),
  'no-progress': describeKind(['how'], { how: { enum: ['ignore-skip', 'repeat-last-page', 'more-for-ever'] } }),
  'malformed-users': describeKind(['userIds', 'how'], {
    userIds,
    how: { enum: MALFORMATIONS }
  }),
  'stale-date': describeKind(['ms'], { ms: { type: 'number' }, age: boolean }),
  'change-users': describeKind(['change', 'userIds', 'when'], {
    change: { enum: ['create', 'delete', 'lock', 'unlock'] },
    userIds: { type: 'array', items: { type: 'string', pattern: OBJECT_ID.source } },
    when: { enum: ['before', 'after'] }
  })
};

const SCRIPT = {
  type: 'object',
  required: ['faults'],
  additionalProperties: false,
  properties: { seed: { type: 'integer' }, faults: { type: 'array' } }
};

/** Compiles each schema once, when it is first needed; checking the schemas themselves takes longer. */
const ajv = new Ajv({ validateSchema: false });

/**
 * Checks a fault script.
 *
 * @throws Error naming the first mistake and where it is
 */
export function parseFaultScript(given: unknown): FaultScript {
  check('The script', given, SCRIPT);
  const script = given as FaultScript;
  script.faults.forEach((fault: unknown, index) => {
    const name = `Fault ${index + 1}`;
    const kind = (fault as { kind?: unknown } | null)?.kind;
    const known = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind as Fault['kind']] : undefined;
    if (known === undefined) {
      throw new Error(
        `${name} has the kind ${JSON.stringify(kind ?? null)}. The kinds are ${Object.keys(KINDS).join(', ')}.`
      );
    }
    check(name, fault, known);
  });
  return script;
}

function describeKind(required: readonly string[], properties: object): object {
  return { type: 'object', required, additionalProperties: false, properties: { kind: {}, ...scope, ...properties } };
}

function check(name: string, value: unknown, schema: object): void {
  if (ajv.validate(schema, value)) return;
  const [error] = ajv.errors ?? [];
  const extra = error?.keyword === 'additionalProperties' ? ` "${String(error.params['additionalProperty'])}"` : '';
  const allowed = error?.keyword === 'enum' ? `: ${(error.params['allowedValues'] as unknown[]).join(', ')}` : '';
  throw new Error(`${name}${(error?.instancePath ?? '').replaceAll('/', '.')} ${error?.message}${extra}${allowed}.`);
}

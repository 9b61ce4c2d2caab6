import Ajv from 'ajv';
import type { FaultScript } from './Fault';

const share = { type: 'number', minimum: 0, maximum: 1 };
const scope = {
  route: { type: 'string', pattern: '^[A-Z]+ \\S+$' },
  at: { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1 } },
  share
};

/** One schema for each kind, so that a mistake is told in the words of its kind. */
const KINDS: Readonly<Record<string, { required: readonly string[]; properties: Readonly<Record<string, object>> }>> = {
  status: {
    required: ['status'],
    properties: {
      status: { type: 'integer', minimum: 400, maximum: 599 },
      body: { enum: ['json', 'html', 'empty'] },
      applied: { type: 'boolean' },
      retryAfter: { type: 'number', minimum: 0 },
      retryAfterAs: { enum: ['seconds', 'date'] }
    }
  },
  delay: { required: ['ms'], properties: { ms: { type: 'number', minimum: 0 } } },
  drop: { required: ['applied'], properties: { applied: { type: 'boolean' } } },
  truncate: { required: [], properties: {} },
  'no-json': { required: [], properties: {} },
  short: { required: [], properties: {} },
  reorder: { required: [], properties: {} },
  'fail-operations': { required: ['operations'], properties: { operations: share } },
  poison: {
    required: ['userIds', 'status'],
    properties: { userIds: { type: 'array', items: { type: 'string' } }, status: { enum: [400, 413, 422] } }
  }
};

/**
 * Checks a fault script.
 *
 * @throws Error naming the first mistake and where it is
 */
export function parseFaultScript(given: unknown): FaultScript {
  const ajv = new Ajv();
  check(ajv, 'The script', given, {
    type: 'object',
    required: ['faults'],
    additionalProperties: false,
    properties: { seed: { type: 'integer' }, faults: { type: 'array' } }
  });
  const script = given as FaultScript;
  script.faults.forEach((fault: unknown, index) => {
    const name = `Fault ${index + 1}`;
    const kind = (fault as { kind?: unknown } | null)?.kind;
    const known = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (known === undefined) {
      throw new Error(
        `${name} has the kind ${JSON.stringify(kind ?? null)}. The kinds are ${Object.keys(KINDS).join(', ')}.`
      );
    }
    check(ajv, name, fault, {
      type: 'object',
      required: known.required,
      additionalProperties: false,
      properties: { kind: {}, ...scope, ...known.properties }
    });
  });
  return script;
}

function check(ajv: Ajv, name: string, value: unknown, schema: object): void {
  if (ajv.validate(schema, value)) return;
  const [error] = ajv.errors ?? [];
  const extra = error?.keyword === 'additionalProperties' ? ` "${String(error.params['additionalProperty'])}"` : '';
  throw new Error(`${name}${(error?.instancePath ?? '').replaceAll('/', '.')} ${error?.message}${extra}.`);
}

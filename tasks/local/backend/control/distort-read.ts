import type { ApiResponse } from '../http/ApiResponse';
import { isRecord } from '../http/read-json-object';
import type { ReadView } from '../query/ReadView';
import type { Malformation, ReadFault } from './Fault';
import type { Hit } from './FaultPlayer';

type Shown = Readonly<Record<string, unknown>>;

/** Ids that no client expects. */
const ODD_IDS: Readonly<Partial<Record<Malformation, unknown>>> = {
  'id-dots': '..',
  'id-empty': '',
  'id-slash': '../users',
  'id-number': 5
};

/** How a read differs from what is so now; undefined where it does not. */
export function viewOf(reads: readonly Hit<ReadFault>[]): ReadView | undefined {
  let view: ReadView | undefined;
  for (const { fault, chance, chanceOfAll } of reads) {
    if (fault.kind === 'read-lag') view = { ...view, agoMs: fault.ms };
    if (fault.kind === 'other-order') view = { ...view, order: fault.once === true ? chanceOfAll : chance(0) };
    if (fault.kind === 'no-progress') view = { ...view, noProgress: fault.how };
  }
  return view;
}

/** The response with what faults do to its users and to its date. */
export function distortResponse(response: ApiResponse, reads: readonly Hit<ReadFault>[], nowMs: number): ApiResponse {
  return reads.reduce<ApiResponse>((distorted, { fault }) => {
    if (fault.kind === 'malformed-users') {
      return isRecord(distorted.json) ? { ...distorted, json: malform(distorted.json, fault) } : distorted;
    }
    if (fault.kind !== 'stale-date') return distorted;
    const Age = fault.age === true ? { Age: String(Math.max(0, Math.round(fault.ms / 1000))) } : {};
    const date = new Date(nowMs - fault.ms).toUTCString();
    return { ...distorted, headers: { ...distorted.headers, ...Age, Date: date } };
  }, response);
}

/** A list of users with some of them malformed, or a single user malformed. */
function malform(json: Shown, fault: Extract<ReadFault, { kind: 'malformed-users' }>): unknown {
  const isHit = (user: unknown): user is Shown => isRecord(user) && fault.userIds.includes(String(user['id']));
  const { objects } = json;
  if (!Array.isArray(objects)) return isHit(json) ? (malformUser(json, fault.how)[0] ?? json) : json;
  return {
    ...json,
    objects: objects.flatMap((user: unknown) => (isHit(user) ? malformUser(user, fault.how) : [user]))
  };
}

/** What stands in the user's place in a list. */
function malformUser(user: Shown, how: Malformation): readonly unknown[] {
  switch (how) {
    case 'locked-null':
      return [{ ...user, locked: null }];
    case 'locked-missing':
      return [{ ...user, locked: undefined }];
    case 'sessions-null':
      return [{ ...user, sessions: null }];
    case 'sessions-missing':
      return [{ ...user, sessions: undefined }];
    case 'twice':
      return [user, user];
    case 'null':
      return [null];
    default:
      return [{ ...user, id: ODD_IDS[how] }];
  }
}

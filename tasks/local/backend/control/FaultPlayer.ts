import { hash } from 'node:crypto';
import escapeRegExp from 'lodash/escapeRegExp';
import type { ParsedRequest } from '../http/ParsedRequest';
import type { UserChange } from './change-users';
import { FaultMemory } from './FaultMemory';
import type { AnswerFault, ChangeFault, Fault, FaultKind, FaultScript, ReadFault } from './Fault';
import { isRead, readPageLimit } from './read-page-limit';

/** A fault that hits a request, with its chance and with what it remembers of earlier requests. */
export interface Hit<Kind extends FaultKind> {
  readonly fault: Kind;
  /** A number from 0 to 1 for each index, the same whenever the script is played again. */
  readonly chance: (index: number) => number;
  /** A number from 0 to 1, the same for all requests that the fault hits. */
  readonly chanceOfAll: number;
  readonly memory: FaultMemory;
}

/** What goes wrong with a request. */
export interface Hits {
  readonly delayMs: number;
  readonly answer?: Hit<AnswerFault>;
  readonly reads: readonly Hit<ReadFault>[];
  readonly changes: readonly ChangeFault[];
}

/** A fault of the script that is being played. */
interface PlayedFault {
  readonly fault: Fault;
  /** Fits the names of the requests that count. */
  readonly route: RegExp;
  readonly memory: FaultMemory;
  /** Requests of the route so far. */
  position: number;
}

/** How long a page takes that is never ready in time. Longer than any client waits. */
const TIME_OUT_MS = 120_000;

/** Plays a script: chooses what goes wrong with each request when it comes. */
export class FaultPlayer {
  private seed = 1;
  private startedAtMs = 0;
  private played: readonly PlayedFault[] = [];

  /** What others have done to users, by any script so far. */
  readonly changes: UserChange[] = [];

  constructor(private readonly nowMs: () => number) {}

  /** Plays this script from now on, from its start. */
  setScript({ seed = 1, faults }: FaultScript): void {
    this.seed = seed;
    this.startedAtMs = this.nowMs();
    this.played = faults.map((fault) => ({
      fault,
      route: compileRoute(fault.route),
      memory: new FaultMemory(),
      position: 0
    }));
  }

  /** What goes wrong with the next request. */
  choose(request: ParsedRequest): Hits {
    const reads: Hit<ReadFault>[] = [];
    const changes: ChangeFault[] = [];
    let delayMs = 0;
    let answer: Hit<AnswerFault> | undefined;
    for (const [index, played] of this.played.entries()) {
      const { fault, route, memory } = played;
      if (!route.test(request.name) || (fault.locks === true && !request.isLockBatch) || !concerns(fault, request)) {
        continue;
      }
      played.position++;
      const key = `${this.seed}:${index}:${played.position}`;
      if (!this.hits(fault, played.position, key)) continue;
      const chance = (place: number): number => draw(`${key}:${place}`);
      const details = { chance, chanceOfAll: draw(`${this.seed}:${index}`), memory };
      switch (fault.kind) {
        case 'delay':
          delayMs += fault.ms;
          break;
        case 'change-users':
          changes.push(fault);
          break;
        case 'read-lag':
        case 'other-order':
        case 'no-progress':
        case 'malformed-users':
        case 'stale-date':
          reads.push({ fault, ...details });
          break;
        default:
          if (isHarmless(fault, request)) break;
          if (fault.kind === 'heavy-page' && fault.answer === 'time-out') delayMs += TIME_OUT_MS;
          else answer ??= { fault, ...details };
      }
    }
    return { delayMs, reads, changes, ...(answer && { answer }) };
  }

  private hits(fault: Fault, position: number, key: string): boolean {
    if (fault.at !== undefined && !fault.at.includes(position)) return false;
    if (fault.from !== undefined && position < fault.from) return false;
    if (fault.forMs !== undefined && this.nowMs() - this.startedAtMs >= fault.forMs) return false;
    return fault.share === undefined || draw(key) < fault.share;
  }
}

/** Whether a fault has to do with such requests at all. */
function concerns({ kind }: Fault, request: ParsedRequest): boolean {
  switch (kind) {
    case 'other-order':
    case 'no-progress':
    case 'heavy-page':
      return readPageLimit(request) !== undefined;
    case 'read-lag':
    case 'malformed-users':
    case 'stale-date':
      return isRead(request);
    case 'cache':
      return request.method === 'GET';
    default:
      return true;
  }
}

/** Whether the request holds nothing that the fault minds. It counts as one of the route all the same. */
function isHarmless(fault: AnswerFault, request: ParsedRequest): boolean {
  if (fault.kind === 'poison') return !request.userIds.some((id) => fault.userIds.includes(id));
  return fault.kind === 'heavy-page' && (readPageLimit(request) ?? 0) <= fault.rows;
}

/** Fits the names of a route's requests, in which `:any` stands for one segment. */
function compileRoute(route: string | undefined): RegExp {
  if (route === undefined) return /^/;
  const [method = '', path = ''] = route.split(' ');
  const segments = path.split('/').map((segment) => (segment === ':any' ? '[^/]*' : escapeRegExp(segment)));
  return new RegExp(`^${escapeRegExp(method)} ${segments.join('/')}$`);
}

/** A number from 0 to 1 that depends on the key alone, so that a request's fate does not depend on other requests. */
function draw(key: string): number {
  return parseInt(hash('sha256', key).slice(0, 8), 16) / 2 ** 32;
}

import { createHash } from 'node:crypto';
import escapeRegExp from 'lodash/escapeRegExp';
import type { ParsedRequest } from '../http/ParsedRequest';
import type { Fault, FaultKind, FaultScript } from './Fault';

/** A fault that hits a request. */
export interface ChosenFault {
  readonly fault: Exclude<FaultKind, { kind: 'delay' }>;
  /** A number from 0 to 1 for each index, the same whenever the script is played again. */
  readonly chance: (index: number) => number;
}

/** A fault of the script that is being played. */
interface PlayedFault {
  readonly fault: Fault;
  /** Fits the names of the requests that count. */
  readonly route: RegExp;
  /** Requests of the route so far. */
  position: number;
}

/** Plays a script: chooses what goes wrong with each request when it comes. */
export class FaultPlayer {
  private seed = 1;
  private played: readonly PlayedFault[] = [];

  /** Plays this script from now on, from its start. */
  setScript({ seed = 1, faults }: FaultScript): void {
    this.seed = seed;
    this.played = faults.map((fault) => ({ fault, route: compileRoute(fault.route), position: 0 }));
  }

  /** What goes wrong with the next request. */
  choose({ name, userIds, isLockBatch }: ParsedRequest): { readonly delayMs: number; readonly chosen?: ChosenFault } {
    let delayMs = 0;
    let chosen: ChosenFault | undefined;
    for (const [index, played] of this.played.entries()) {
      const { fault, route } = played;
      if (!route.test(name) || (fault.locks === true && !isLockBatch)) continue;
      played.position++;
      const key = `${this.seed}:${index}:${played.position}`;
      if (!hits(fault, played.position, key)) continue;
      if (fault.kind === 'delay') delayMs += fault.ms;
      else if (fault.kind === 'poison' && !userIds.some((id) => fault.userIds.includes(id))) continue;
      else chosen ??= { fault, chance: (place) => draw(`${key}:${place}`) };
    }
    return { delayMs, ...(chosen && { chosen }) };
  }
}

function hits(fault: Fault, position: number, key: string): boolean {
  if (fault.at !== undefined && !fault.at.includes(position)) return false;
  return fault.share === undefined || draw(key) < fault.share;
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
  return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;
}

import { createHash } from 'node:crypto';
import type { Fault, FaultKind, FaultScript } from './Fault';

/** What goes wrong with one request: how much later it is carried out, and one fault beside that. */
export interface ChosenFault {
  readonly delayMs: number;
  readonly fault?: Exclude<FaultKind, { kind: 'delay' }>;
  /** A number from 0 to 1 for each index, the same whenever the script is played again. */
  readonly chance: (index: number) => number;
}

/** What a fault looks at of a request. */
export interface FaultedRequest {
  readonly method: string;
  /** Below the base address. */
  readonly path: string;
  /** The users whom it changes: those of its operations, with empty text for one that is about no user; or a single one. */
  readonly userIds: readonly string[];
  /** Whether it is a batch with a lock. */
  readonly locks: boolean;
}

/** Plays a script: says for each request, as it comes, what goes wrong with it. */
export class FaultPlayer {
  private readonly positions: number[];

  constructor(private readonly script: FaultScript) {
    this.positions = script.faults.map(() => 0);
  }

  /** What goes wrong with the next request. */
  choose({ method, path, userIds, locks }: FaultedRequest): ChosenFault {
    let delayMs = 0;
    let chosen: { fault: Exclude<FaultKind, { kind: 'delay' }>; key: string } | undefined;
    this.script.faults.forEach((fault, index) => {
      if (!matchesRoute(fault.route, method, path) || (fault.locks === true && !locks)) return;
      const position = (this.positions[index] ?? 0) + 1;
      this.positions[index] = position;
      const key = `${this.script.seed ?? 1}:${index}:${position}`;
      if (!hits(fault, position, key)) return;
      if (fault.kind === 'delay') delayMs += fault.ms;
      else if (fault.kind === 'poison' && !userIds.some((id) => fault.userIds.includes(id))) return;
      else chosen ??= { fault, key };
    });
    const key = chosen?.key ?? '';
    return { delayMs, ...(chosen && { fault: chosen.fault }), chance: (index) => draw(`${key}:${index}`) };
  }
}

function hits(fault: Fault, position: number, key: string): boolean {
  if (fault.at !== undefined && !fault.at.includes(position)) return false;
  return fault.share === undefined || draw(key) < fault.share;
}

function matchesRoute(route: string | undefined, method: string, path: string): boolean {
  if (route === undefined) return true;
  const [wantedMethod, wantedPath = ''] = route.split(' ');
  const [wanted, given] = [wantedPath.split('/'), path.split('/')];
  return (
    wantedMethod === method &&
    wanted.length === given.length &&
    wanted.every((segment, index) => segment === ':any' || segment === given[index])
  );
}

/** A number from 0 to 1 that depends on the key alone, so that a request's fate does not depend on other requests. */
function draw(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) / 2 ** 32;
}

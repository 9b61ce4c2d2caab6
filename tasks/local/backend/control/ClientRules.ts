import type { Step } from '../http/Exchange';
import { isLock } from '../http/read-json-object';

/** Something that a client must not do. */
export interface Violation {
  readonly kind: 'too early' | 'too many operations' | 'wipe' | 'too many in flight';
  readonly detail: string;
}

/** Most operations of a batch (documented, "Batch operations"). */
const MAX_OPERATIONS = 1000;
/** Documented: after a 429 a client waits at least a second (announcement of the rate limits). */
const LEAST_WAIT_MS = 1000;
/** A request that was on its way when the 429 was sent breaks no rule. */
const ON_ITS_WAY_MS = 100;

/**
 * The rules that clients of the API must keep, and what was done against them. A client is known by its authorization
 * scheme.
 *
 * `Token` clients are not bound by a 429: the vendor's library, which `DB` is, shows its caller no header and repeats
 * the request by itself after a second.
 */
export class ClientRules {
  private readonly found: Violation[] = [];
  private readonly waits = new Map<string, { readonly fromMs: number; readonly untilMs: number }>();
  private changesInFlight = 0;

  violations(): readonly Violation[] {
    return this.found;
  }

  /** A request has come. */
  requestCame(name: string, scheme: string | undefined, nowMs: number): void {
    const wait = this.waits.get(scheme ?? '');
    if (wait === undefined || nowMs <= wait.fromMs + ON_ITS_WAY_MS || nowMs >= wait.untilMs) return;
    const early = Math.round(wait.untilMs - nowMs);
    this.found.push({ kind: 'too early', detail: `${name} came ${early} ms before the wait after a 429 was over.` });
  }

  /** A batch has come that holds a lock. */
  lockBatchCame(operations: readonly unknown[]): void {
    if (operations.length > MAX_OPERATIONS) {
      this.found.push({ kind: 'too many operations', detail: `A batch had ${operations.length} operations.` });
    }
    const wiping = operations.filter((operation) => isLock(operation) && operation['wipe'] !== false);
    if (wiping.length > 0) {
      this.found.push({
        kind: 'wipe',
        detail: `${wiping.length} operations of a batch lacked the literal wipe: false.`
      });
    }
  }

  /**
   * A request has come that changes users: a batch with a lock, or one about a single user or session. Batches by which
   * `DB` saves do not count.
   */
  changeBegan(concurrency: number | null): void {
    this.changesInFlight++;
    if (concurrency === null || this.changesInFlight <= concurrency) return;
    const detail = `${this.changesInFlight} requests that change users were in flight, and ${concurrency} were announced.`;
    this.found.push({ kind: 'too many in flight', detail });
  }

  /** The client of such a request has its response, or waits no longer. */
  changeEnded(): void {
    this.changesInFlight--;
  }

  /** A 429 was sent; `retryAfterMs` where it had the header. */
  rejected(scheme: string | undefined, nowMs: number, retryAfterMs: number | undefined): void {
    if (scheme === undefined || scheme.toLowerCase() === 'token') return;
    const untilMs = nowMs + (retryAfterMs ?? LEAST_WAIT_MS);
    const wait = this.waits.get(scheme);
    if (wait === undefined || untilMs > wait.untilMs) this.waits.set(scheme, { fromMs: nowMs, untilMs });
  }
}

/**
 * Step: notes which rules a request breaks. It answers nothing by itself.
 *
 * @param concurrency how many requests that change users the client has announced; null where it has announced nothing
 */
export function checkClientRules(rules: ClientRules, concurrency: () => number | null, nowMs: () => number): Step {
  return (request, next) => {
    const { name, operations, isLockBatch, changesUsers } = request;
    const scheme = request.authorization?.scheme;
    rules.requestCame(name, scheme, nowMs());
    if (isLockBatch) rules.lockBatchCame(operations);
    if (changesUsers) rules.changeBegan(concurrency());
    let isWaiting = true;
    const exchange = next(request);
    return {
      delayMs: exchange.delayMs,
      complete() {
        const sentAtMs = nowMs();
        const response = exchange.complete();
        // A client that waits no longer does not know of the 429.
        if (response.status === 429 && isWaiting) rules.rejected(scheme, sentAtMs, response.retryAfterMs);
        return response;
      },
      end() {
        if (isWaiting && changesUsers) rules.changeEnded();
        isWaiting = false;
        exchange.end();
      }
    };
  };
}

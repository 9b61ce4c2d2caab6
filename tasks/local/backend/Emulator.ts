import { randomBytes } from 'node:crypto';
import type { ApiAnswer, Backend } from './http/ApiCall';
import { authScheme } from './http/authenticate';
import { BackendState } from './state/BackendState';
import type { StateCounts } from './state/BackendState';
import type { DataModel } from './state/DataModel';
import { applyFault } from './control/apply-fault';
import type { Reply } from './control/apply-fault';
import { FaultPlayer } from './control/FaultPlayer';
import type { FaultScript } from './control/Fault';
import { findChangedUser } from './http/find-changed-user';
import { handleDevice } from './handlers/handle-device';
import { Judge } from './control/ClientRules';
import type { Violation } from './control/ClientRules';
import { DEFAULT_LIMITS, parseLimits } from './control/Limits';
import type { Limits } from './control/Limits';
import { parseFaultScript } from './control/parse-fault-script';
import { readOperations } from './http/read-operations';
import { RequestLimiter } from './control/RequestLimiter';
import { RequestLog } from './control/RequestLog';
import type { RequestLogEntry } from './control/RequestLog';
import { routeRequest } from './http/route-request';
import type { RawRequest } from './http/route-request';
import { seedUsers } from './state/seed-users';
import type { SeedRequest, SeedResult } from './state/seed-users';
import { showUser } from './state/Session';
import type { UserView } from './state/Session';
import type { Switches } from './control/Switches';
import { Webhooks } from './state/Webhooks';
import type { WebhookDelivery } from './state/Webhooks';

/** What an emulator is made of. */
export interface EmulatorParts {
  readonly dataModel: DataModel;
  readonly userModel: string;
  /** 24 lower-case hex digits. */
  readonly backendId: string;
  readonly label: string;
  readonly environment: string;
  readonly switches: Switches;
  readonly nowMs: () => number;
  /** Takes what webhooks deliver, once the request that made them fire is carried out. */
  readonly onWebhook: (delivery: WebhookDelivery) => void;
}

/** Counts of the state and of the requests so far. */
export type StateSummary = StateCounts & ReturnType<RequestLog['counts']>;

/** A request that has come and is not answered yet. */
export interface Exchange {
  /** How much later it is to be carried out. */
  readonly delayMs: number;
  /** Carries the request out; whether somebody still waits for the reply makes no difference to it. Once. */
  complete(): Reply;
  /** The client has the reply, or waits no longer. The first call counts. */
  end(): void;
}

/** The Backend API v4 without a network: state, routes, limits, faults, and what is known of its clients. */
export class Emulator {
  readonly state: BackendState;
  /** Made with the emulator; it is good for this one alone. */
  readonly token = `local-${randomBytes(18).toString('hex')}`;
  private readonly backend: Backend;
  private readonly log = new RequestLog();
  private readonly judge = new Judge();
  private readonly limiter: RequestLimiter;
  private deliveries: WebhookDelivery[] = [];
  private limits = DEFAULT_LIMITS;
  private faults = new FaultPlayer({ faults: [] });

  constructor(private readonly parts: EmulatorParts) {
    const { backendId, switches } = parts;
    const onDelivery = (delivery: WebhookDelivery): void => void this.deliveries.push(delivery);
    const webhooks = new Webhooks({ backendId, payload: switches.webhookPayload, onDelivery });
    this.state = new BackendState(parts.dataModel, parts.userModel, parts.nowMs, webhooks);
    this.limiter = new RequestLimiter(this.limits, parts.nowMs);
    const { label, environment } = parts;
    this.backend = { state: this.state, backendId, switches, label, environment, startedAt: this.state.now() };
  }

  /** @throws Error where the numbers are wrong */
  seed(request: SeedRequest): SeedResult {
    const result = seedUsers(this.state, request);
    // Users who are there from the start were not saved by anybody.
    this.deliveries = [];
    return result;
  }

  summarize(): StateSummary {
    return { ...this.state.count(), ...this.log.counts() };
  }

  requests(): readonly RequestLogEntry[] {
    return this.log.list();
  }

  /** The user as `GET users/{id}` shows it. */
  user(id: string): UserView | undefined {
    const user = this.state.findUser(id);
    return user && showUser(user, this.parts.switches.sessionsOfNewUser);
  }

  /** Every user as `GET users` shows them. */
  users(): readonly UserView[] {
    return this.state.users().map((user) => showUser(user, this.parts.switches.sessionsOfNewUser));
  }

  /** Changes some limits and fills the bucket. @throws Error where one is wrong */
  setLimits(given: Partial<Limits>): Limits {
    this.limits = parseLimits(this.limits, given);
    this.limiter.setLimits(this.limits);
    return this.limits;
  }

  /** Plays this script from now on, from its start. @throws Error where it is wrong */
  setFaults(script: FaultScript): void {
    this.faults = new FaultPlayer(parseFaultScript(script));
  }

  /** What clients did that they must not do. */
  violations(): readonly Violation[] {
    return this.judge.violations();
  }

  /** Takes in a request to the API. */
  begin(request: RawRequest): Exchange {
    const { judge, parts } = this;
    const path = request.url.pathname.replace(/^\/api\/v4\/[^/]*\//, '');
    const name = `${request.method} ${path}`;
    const scheme = authScheme(request.authorization);
    judge.sees(name, scheme, parts.nowMs());
    const isBatch = name === 'POST batch.json';
    const operations = isBatch ? readOperations(request.body) : [];
    const locks = operations.some((operation) => (operation as { method?: unknown } | null)?.method === 'users/lock');
    if (locks) judge.seesBatch(operations);
    const changedUser = findChangedUser(request.method, path);
    const isChange = locks || changedUser !== undefined;
    if (isChange) judge.changeBegan(this.limits.concurrency);
    let isWaiting = true;
    const end = (): void => {
      if (isWaiting && isChange) judge.changeEnded();
      isWaiting = false;
    };

    const userIds =
      changedUser === undefined
        ? operations.map((operation) => (operation as { user_id?: string } | null)?.user_id ?? '')
        : [changedUser];
    const { delayMs, fault, chance } = this.limiter.admit()
      ? this.faults.choose({ method: request.method, path, userIds, locks })
      : { delayMs: 0, fault: { kind: 'status', status: 429 } as const, chance: () => 1 };
    const carryOut = (failing?: Backend['failsOperation']): ApiAnswer =>
      routeRequest({ ...this.backend, ...(failing && { failsOperation: failing }) }, this.token, request);
    return {
      delayMs,
      end,
      complete: () => {
        const nowMs = parts.nowMs();
        const { reply, answer } = applyFault(fault, { carryOut, chance, nowMs });
        // Whoever has gone does not know.
        if (reply.status === 429 && isWaiting) judge.rejected(scheme, nowMs, reply.retryAfterMs);
        this.write(request, reply, answer, scheme);
        this.deliver();
        // By its own clock, which tests move.
        return { ...reply, headers: { ...reply.headers, Date: new Date(nowMs).toUTCString() } };
      }
    };
  }

  /**
   * Answers a request of a device, below `/_device/`. Limits, faults, log and judge are about the API and do not know of
   * it: the platform limits devices apart from the API, by app user.
   */
  device(request: RawRequest): ApiAnswer {
    const answer = handleDevice(this.state, request);
    this.deliver();
    return answer;
  }

  private deliver(): void {
    for (const delivery of this.deliveries.splice(0)) this.parts.onWebhook(delivery);
  }

  private write(request: RawRequest, reply: Reply, answer: ApiAnswer | undefined, scheme: string | undefined): void {
    this.log.add(
      {
        atMs: this.parts.nowMs(),
        method: request.method,
        path: request.url.pathname,
        query: request.url.search,
        status: reply.status,
        ...(answer?.operations !== undefined && { operations: answer.operations }),
        ...(scheme !== undefined && { authScheme: scheme }),
        ...(request.body !== '' && { body: request.body })
      },
      answer?.isLock === true
    );
  }
}

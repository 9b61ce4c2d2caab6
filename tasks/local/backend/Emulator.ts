import { randomBytes } from 'node:crypto';
import type { UserChange } from './control/change-users';
import { ClientRules } from './control/ClientRules';
import type { Violation } from './control/ClientRules';
import type { FaultScript } from './control/Fault';
import { FaultPlayer } from './control/FaultPlayer';
import { DEFAULT_LIMITS, parseLimits } from './control/Limits';
import type { Limits } from './control/Limits';
import { parseFaultScript } from './control/parse-fault-script';
import { RequestLimiter } from './control/RequestLimiter';
import { RequestLog } from './control/RequestLog';
import type { RequestLogEntry } from './control/RequestLog';
import type { Switches } from './control/Switches';
import type { LocalControl } from './handlers/handle-local';
import { DEVICE_ROUTES, LOCAL_ROUTES } from './handlers/routes';
import { catchApiError } from './http/ApiResponse';
import type { ApiResponse } from './http/ApiResponse';
import { createPipeline } from './http/create-pipeline';
import { answerWith } from './http/Exchange';
import type { Exchange, Next } from './http/Exchange';
import { parseRequest } from './http/parse-request';
import type { ParsedRequest, RawRequest } from './http/ParsedRequest';
import { Router } from './http/Router';
import { BackendState } from './state/BackendState';
import type { StateCounts } from './state/BackendState';
import type { DataModel } from './state/DataModel';
import { seedUsers } from './state/seed-users';
import type { SeedRequest, SeedResult } from './state/seed-users';
import { signInDevices } from './state/sign-in-devices';
import type { SignInRequest, SignInResult } from './state/sign-in-devices';
import { showUser } from './state/Session';
import type { UserView } from './state/Session';
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
  /** The time in milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Takes what webhooks deliver, once the request that made them fire is carried out. */
  readonly onWebhook: (delivery: WebhookDelivery) => void;
}

/** Counts of the state and of the requests so far. */
export type StateSummary = StateCounts & ReturnType<RequestLog['counts']>;

/** The Backend API v4 without a network: the state, the routes, and what decides about requests before they get there. */
export class Emulator implements LocalControl {
  readonly state: BackendState;
  /** Made with the emulator; it is good for this one alone. */
  readonly token = `local-${randomBytes(18).toString('hex')}`;
  private readonly log = new RequestLog();
  private readonly clientRules = new ClientRules();
  private readonly limiter: RequestLimiter;
  private readonly faults: FaultPlayer;
  private readonly pipeline: Next;
  private readonly deviceRouter = new Router(DEVICE_ROUTES);
  private readonly localRouter = new Router<LocalControl>(LOCAL_ROUTES);
  private deliveries: WebhookDelivery[] = [];

  constructor(private readonly parts: EmulatorParts) {
    const { dataModel, userModel, backendId, label, environment, switches, nowMs } = parts;
    const onDelivery = (delivery: WebhookDelivery): void => void this.deliveries.push(delivery);
    const webhooks = new Webhooks({ backendId, payload: switches.webhookPayload, onDelivery });
    const state = new BackendState(dataModel, userModel, nowMs, webhooks);
    this.state = state;
    this.limiter = new RequestLimiter(DEFAULT_LIMITS, nowMs);
    this.faults = new FaultPlayer(nowMs);
    const { token, log, clientRules, limiter, faults } = this;
    const backend = { state, switches, backendId, label, environment, startedAt: state.now() };
    this.pipeline = createPipeline({ backend, token, log, clientRules, limiter, faults, nowMs });
  }

  /** @throws Error where the numbers are wrong */
  seed(request: SeedRequest): SeedResult {
    const result = seedUsers(this.state, request);
    // Nobody saved the users that are there from the start.
    this.deliveries = [];
    return result;
  }

  /** @throws Error where the request is wrong, or there is no such user */
  signIn(request: SignInRequest): SignInResult {
    return signInDevices(this.state, request);
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
    const limits = parseLimits(this.limiter.limits, given);
    this.limiter.setLimits(limits);
    return limits;
  }

  /** Plays this script from now on, from its start. @throws Error where it is wrong */
  setFaults(script: FaultScript): void {
    const parsed = parseFaultScript(script);
    this.faults.setScript(parsed);
    const lags = parsed.faults.map((fault) => (fault.kind === 'read-lag' ? fault.ms : 0));
    this.state.keepHistory(Math.max(0, ...lags));
  }

  /** What others have done to users, by the faults so far, in its order. */
  changesByOthers(): readonly UserChange[] {
    return this.faults.changes;
  }

  /** What clients did that they must not do. */
  violations(): readonly Violation[] {
    return this.clientRules.violations();
  }

  /** Takes in a request. It is the one entrance, and nothing beyond it reads the raw request again. */
  begin(raw: RawRequest): Exchange {
    const exchange = this.dispatch(parseRequest(raw));
    return { ...exchange, complete: () => this.finish(exchange.complete()) };
  }

  private finish(response: ApiResponse): ApiResponse {
    for (const delivery of this.deliveries.splice(0)) this.parts.onWebhook(delivery);
    // By the emulator's own clock, which tests move. A fault may have set another date.
    return { ...response, headers: { Date: new Date(this.parts.nowMs()).toUTCString(), ...response.headers } };
  }

  /**
   * Requests to the API go through the pipeline. Those of devices do not, because the platform limits devices apart from
   * the API, by app user; and what `/_local/` shows and changes must not depend on itself.
   */
  private dispatch(request: ParsedRequest): Exchange {
    switch (request.area) {
      case 'api':
        return this.pipeline(request);
      case 'device':
        return answerWith(() => catchApiError(() => answerFrom(this.deviceRouter, this.state, request)));
      case 'local':
        return answerWith(() => answerFrom(this.localRouter, this, request));
    }
  }
}

function answerFrom<Context>(router: Router<Context>, context: Context, request: ParsedRequest): ApiResponse {
  const response = router.answer(context, request, request.segments ?? []);
  return response ?? { status: 404, json: { error: `There is no ${request.method} ${request.url.pathname}.` } };
}

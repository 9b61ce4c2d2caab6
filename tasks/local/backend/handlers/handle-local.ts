import type { FaultScript } from '../control/Fault';
import type { ApiResponse } from '../http/ApiResponse';
import type { ParsedRequest } from '../http/ParsedRequest';
import type { SeedRequest } from '../state/seed-users';
import type { SignInRequest, SignInResult } from '../state/sign-in-devices';

/** What the routes below `/_local/` show and change: the emulator itself. */
export interface LocalControl {
  summarize(): { readonly users: number };
  requests(): readonly object[];
  violations(): readonly object[];
  /** @throws Error where the numbers are wrong */
  seed(request: SeedRequest): { readonly userIds: readonly string[] };
  /** @throws Error where the request is wrong */
  signIn(request: SignInRequest): SignInResult;
  /** @throws Error where a limit is wrong */
  setLimits(limits: Readonly<Record<string, unknown>>): object;
  /** @throws Error where the script is wrong */
  setFaults(script: FaultScript): void;
}

/** `GET /_local/state`. */
export function getState(emulator: LocalControl): ApiResponse {
  return { status: 200, json: emulator.summarize() };
}

/** `GET /_local/requests`. */
export function getRequests(emulator: LocalControl): ApiResponse {
  return { status: 200, json: { requests: emulator.requests() } };
}

/** `GET /_local/violations`. */
export function getViolations(emulator: LocalControl): ApiResponse {
  return { status: 200, json: { violations: emulator.violations() } };
}

/** `POST /_local/seed`: adds users. */
export function seed(emulator: LocalControl, request: ParsedRequest): ApiResponse {
  return change(request, (body) => {
    const { userIds } = emulator.seed(body as unknown as SeedRequest);
    return { added: userIds.length, users: emulator.summarize().users };
  });
}

/** `POST /_local/sign-in`: devices that were signed out sign in again. */
export function signIn(emulator: LocalControl, request: ParsedRequest): ApiResponse {
  return change(request, (body) => emulator.signIn(body as SignInRequest));
}

/** `PUT /_local/limits`: changes some limits. */
export function changeLimits(emulator: LocalControl, request: ParsedRequest): ApiResponse {
  return change(request, (body) => emulator.setLimits(body));
}

/** `PUT /_local/faults`: replaces the script of faults. */
export function changeFaults(emulator: LocalControl, request: ParsedRequest): ApiResponse {
  return change(request, (body) => {
    const script = body as unknown as FaultScript;
    emulator.setFaults(script);
    return { faults: script.faults.length };
  });
}

/** Does what the body asks for; 400 with the reason where it is wrong. */
function change(
  { isJson, json }: ParsedRequest,
  apply: (body: Readonly<Record<string, unknown>>) => object
): ApiResponse {
  try {
    if (!isJson) throw new Error('The Content-Type must be application/json.');
    if (json === undefined) throw new Error('The body is not valid JSON.');
    if (typeof json !== 'object' || json === null) throw new Error('The body must be a JSON object.');
    return { status: 200, json: apply(json as Readonly<Record<string, unknown>>) };
  } catch (error) {
    return { status: 400, json: { error: error instanceof Error ? error.message : String(error) } };
  }
}

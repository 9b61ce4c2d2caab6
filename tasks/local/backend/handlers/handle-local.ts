import type { ApiAnswer } from '../http/ApiCall';
import type { Emulator } from '../Emulator';
import type { FaultScript } from '../control/Fault';
import type { RawRequest } from '../http/route-request';
import type { SeedRequest } from '../state/seed-users';

/** `/_local/…`: what tests and people on this machine may see and do. It needs no token. */
export function handleLocal(emulator: Emulator, request: RawRequest): ApiAnswer {
  switch (`${request.method} ${request.url.pathname}`) {
    case 'GET /_local/state':
      return { status: 200, json: emulator.summarize() };
    case 'GET /_local/requests':
      return { status: 200, json: { requests: emulator.requests() } };
    case 'GET /_local/violations':
      return { status: 200, json: { violations: emulator.violations() } };
    case 'POST /_local/seed':
      return change(request, (body) => {
        const { userIds } = emulator.seed(body as unknown as SeedRequest);
        return { added: userIds.length, users: emulator.summarize().users };
      });
    case 'PUT /_local/limits':
      return change(request, (body) => emulator.setLimits(body));
    case 'PUT /_local/faults':
      return change(request, (body) => {
        emulator.setFaults(body as unknown as FaultScript);
        return { faults: (body as unknown as FaultScript).faults.length };
      });
    default:
      return { status: 404, json: { error: `There is no ${request.method} ${request.url.pathname}.` } };
  }
}

/** Does what the body asks for; 400 with the reason where it is wrong. */
function change(
  { contentType, body }: RawRequest,
  apply: (body: Readonly<Record<string, unknown>>) => object
): ApiAnswer {
  try {
    if (!/^application\/json\b/i.test(contentType ?? '')) throw new Error('The Content-Type must be application/json.');
    const parsed = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    if (typeof parsed !== 'object' || parsed === null) throw new Error('The body must be a JSON object.');
    return { status: 200, json: apply(parsed) };
  } catch (error) {
    return { status: 400, json: { error: error instanceof Error ? error.message : String(error) } };
  }
}

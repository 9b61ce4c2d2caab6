import type { Credentials, DeviceAnswer } from './DeviceConnection';

/** How the backend sees a device that is or was signed in. */
export type DeviceState = 'ENROLLED' | 'LOCKED' | 'RESET';

/**
 * The state that an answer tells. An upload that was taken tells that the device is enrolled.
 *
 * @throws Error where the backend answered something else
 */
export function readState(action: string, answer: DeviceAnswer): DeviceState {
  if (action === 'upload' && answer.status === 200) return 'ENROLLED';
  if (answer.status !== 200 && answer.status !== 403) throw unexpected(action, answer);
  const { state } = readJson(action, answer);
  if (state !== 'ENROLLED' && state !== 'LOCKED' && state !== 'RESET') throw unexpected(action, answer);
  return state;
}

/** What a device that has enrolled signs its requests with. @throws Error where the backend answered something else */
export function readCredentials(answer: DeviceAnswer): Credentials {
  if (answer.status !== 200) throw unexpected('enroll', answer);
  const { session_id: sessionId, token } = readJson('enroll', answer);
  if (typeof sessionId !== 'string' || typeof token !== 'string') throw unexpected('enroll', answer);
  return { sessionId, token };
}

function readJson(action: string, answer: DeviceAnswer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(answer.text)) as Readonly<Record<string, unknown>>;
  } catch {
    throw unexpected(action, answer);
  }
}

function unexpected(action: string, { status, text }: DeviceAnswer): Error {
  return new Error(`The backend answered ${status} to "${action}" of a device: ${text.slice(0, 200)}`);
}

import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import type { Answer } from './call-backend';

/** What a device signs its requests with, as the backend gives it. */
export interface DeviceCredentials {
  readonly session_id: string;
  readonly token: string;
}

/** Makes a plain HTTP request below `/_device/`, with credentials where there are any. */
export async function callDevice(
  backend: RunningBackend,
  action: string,
  body: unknown,
  credentials?: DeviceCredentials,
  headers: Record<string, string> = {}
): Promise<Answer> {
  const response = await fetch(`${backend.origin}/_device/${action}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(credentials && signDevice(credentials)), ...headers },
    body: JSON.stringify(body)
  });
  const text = await response.text();
  return { status: response.status, text, json: JSON.parse(text) as Record<string, unknown> };
}

/** Enrolls a device. @throws Error where the backend does not let it */
export async function enrollDevice(
  backend: RunningBackend,
  userId: string,
  deviceId: string
): Promise<DeviceCredentials> {
  const { status, text, json } = await callDevice(backend, 'enroll', { user_id: userId, device_id: deviceId });
  if (status !== 200) throw new Error(`Enrolling was answered with ${status}: ${text}`);
  return json as unknown as DeviceCredentials;
}

function signDevice({ session_id: id, token }: DeviceCredentials): Record<string, string> {
  return {
    Authorization: `Basic ${Buffer.from(`${id}:${token}`).toString('base64')}`,
    'Journey-Authentication-Type': 'Device'
  };
}

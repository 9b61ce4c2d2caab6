// The paths and bodies are invented, since the protocol of real devices is published nowhere. The credentials are those of
// the vendor's public library: HTTP Basic with the session's id and its token, and the header
// `Journey-Authentication-Type: Device`.
import { randomBytes, randomUUID } from 'node:crypto';
import { ApiError, invalidRequest } from '../http/ApiError';
import type { ApiResponse } from '../http/ApiResponse';
import { decodeBasic, isSame } from '../http/check-credentials';
import type { ParsedRequest } from '../http/ParsedRequest';
import { isRecord, readJsonObject } from '../http/read-json-object';
import type { BackendState } from '../state/BackendState';
import type { DeviceSession } from '../state/DeviceSessions';
import { OBJECT_ID, parseValues } from '../state/field-values';
import { openSession, signOut } from '../state/Session';
import type { Session, UserRecord } from '../state/Session';

interface UploadedRow {
  readonly type: string;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * `POST /_device/enroll`. Stands for signing in through the app's identity provider, which is not modelled: there is no
 * password. That a locked user cannot enroll is assumed.
 */
export function enrollDevice(state: BackendState, request: ParsedRequest): ApiResponse {
  const { user_id: userId, device_id: deviceId, platform = 'ANDROID' } = readJsonObject(request);
  if (!isText(userId) || !isText(deviceId) || !isText(platform)) {
    throw invalidRequest("'user_id' and 'device_id' must be text, and 'platform' too where it is given.");
  }
  const user = state.userToChange(userId);
  if (user.locked) throw new ApiError(403, 'USER_LOCKED', 'User locked.', `The user '${userId}' is locked.`);
  const session =
    findSession(user, deviceId) ?? openSession(user, { id: randomUUID(), deviceId, platform, now: state.now() });
  const token = randomBytes(24).toString('hex');
  // `signedOutAt` stays: it tells when the session was signed out last, not that it is (assumed).
  session.state = 'ENROLLED';
  session.token = token;
  session.lastAuthenticatedAt = state.now();
  markConnected(state, { user, session });
  state.deviceSessions.add(user, session);
  return { status: 200, json: { session_id: session.id, token } };
}

/** The device's session, unless a wipe is pending on it: that is never taken back, so the device gets a new one. */
function findSession(user: UserRecord, deviceId: string): Session | undefined {
  return user.sessions.find((session) => session.deviceId === deviceId && session.state !== 'RESET');
}

/** `POST /_device/connect`: how the backend sees the device. */
export function connectDevice(state: BackendState, request: ParsedRequest): ApiResponse {
  const device = authenticate(state, request);
  markConnected(state, device);
  return { status: 200, json: { state: device.session.state } };
}

/** `POST /_device/upload`. Each row replaces the object with its id, so that an upload that is repeated does no harm. */
export function uploadRows(state: BackendState, request: ParsedRequest): ApiResponse {
  const { session } = authenticate(state, request);
  // Whether the platform takes rows of a device that was signed out is published nowhere; refusing them is harsher.
  if (session.state !== 'ENROLLED') return { status: 403, json: { state: session.state } };
  const { rows } = readJsonObject(request);
  if (!Array.isArray(rows)) throw invalidRequest("'rows' must be a list.");
  // All are read before the first is stored: a row that is wrong leaves nothing half done.
  const read = rows.map((row: unknown) => readRow(state, row));
  for (const { type, id, values } of read) state.replace(type, id, values);
  return { status: 200, json: { stored: read.length } };
}

/** @throws ApiError `INVALID_API_REQUEST` or `INVALID_VALUE` */
function readRow(state: BackendState, row: unknown): UploadedRow {
  const { type, id, values } = isRecord(row) ? row : {};
  if (!isText(type) || !isText(id) || !isRecord(values)) {
    throw invalidRequest("Each row needs 'type', 'id' and 'values'.");
  }
  const model = state.dataModel.models.get(type);
  if (model === undefined) throw invalidRequest(`There is no model '${type}'.`);
  if (!OBJECT_ID.test(id)) throw invalidRequest('IDs are lower-case UUIDs.');
  parseValues(model, values);
  return { type, id, values };
}

/** `POST /_device/leave`: the app's own `journey.leaveApp({ keepData })`. A session that is signed out stays as it is. */
export function leaveApp(state: BackendState, request: ParsedRequest): ApiResponse {
  const { user, session } = authenticate(state, request);
  const { keep_data: keepData } = readJsonObject(request);
  if (typeof keepData !== 'boolean') throw invalidRequest("'keep_data' must be true or false.");
  if (session.state === 'ENROLLED') {
    state.userToChange(user.id);
    signOut(session, keepData ? 'LOCKED' : 'RESET', state.now());
  }
  return { status: 200, json: { state: session.state } };
}

function authenticate(state: BackendState, { authorization, isFromDevice }: ParsedRequest): DeviceSession {
  const { scheme, credentials } = authorization ?? { scheme: '', credentials: '' };
  const [sessionId = '', token = ''] = decodeBasic(credentials).split(/:(.*)/);
  const device = state.deviceSessions.find(sessionId);
  const isDevice = scheme.toLowerCase() === 'basic' && isFromDevice;
  if (!isDevice || device?.session.token === undefined || !isSame(token, device.session.token)) {
    throw new ApiError(401, 'AUTHENTICATION_FAILED', 'Authentication failed.', 'These are no credentials of a device.');
  }
  return device;
}

function markConnected(state: BackendState, { user, session }: DeviceSession): void {
  session.lastConnectedAt = state.now();
  user.lastConnectedAt = state.now();
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

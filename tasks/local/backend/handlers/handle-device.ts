import { randomBytes, randomUUID } from 'node:crypto';
import type { ApiAnswer } from '../http/ApiCall';
import { isRecord, readJsonObject } from '../http/ApiCall';
import { ApiError, invalidRequest } from '../http/ApiError';
import { isSame } from '../http/authenticate';
import type { BackendState } from '../state/BackendState';
import type { DeviceSession } from '../state/DeviceSessions';
import { OBJECT_ID, parseValues } from '../state/field-values';
import type { RawRequest } from '../http/route-request';
import { openSession, signOut } from '../state/Session';
import type { Session, UserRecord } from '../state/Session';

interface UploadedRow {
  readonly type: string;
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * `/_device/…`: what the app on a device asks of the backend.
 *
 * The paths and bodies are invented, since the protocol of real devices is published nowhere. The credentials are those
 * of the vendor's public library: HTTP Basic with the session's id and its token, and the header
 * `Journey-Authentication-Type: Device`.
 */
export function handleDevice(state: BackendState, request: RawRequest): ApiAnswer {
  try {
    return route(state, request);
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, json: error.toBody() };
    throw error;
  }
}

function route(state: BackendState, request: RawRequest): ApiAnswer {
  switch (`${request.method} ${request.url.pathname}`) {
    case 'POST /_device/enroll':
      return enroll(state, readBody(request));
    case 'POST /_device/connect':
      return connect(state, authenticate(state, request));
    case 'POST /_device/upload':
      return upload(state, authenticate(state, request), request);
    case 'POST /_device/leave':
      return leave(state, authenticate(state, request), readBody(request));
    default:
      return { status: 404, json: { error: `There is no ${request.method} ${request.url.pathname}.` } };
  }
}

/**
 * Stands for signing in through the app's identity provider, which is not modelled: there is no password. That a locked
 * user cannot enroll is assumed.
 */
function enroll(state: BackendState, body: Readonly<Record<string, unknown>>): ApiAnswer {
  const { user_id: userId, device_id: deviceId, platform = 'ANDROID' } = body;
  if (!isText(userId) || !isText(deviceId) || !isText(platform)) {
    throw invalidRequest("'user_id' and 'device_id' must be text, and 'platform' too where it is given.");
  }
  const user = state.user(userId);
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

function connect(state: BackendState, device: DeviceSession): ApiAnswer {
  markConnected(state, device);
  return { status: 200, json: { state: device.session.state } };
}

/** Each row replaces the object with its id, so that an upload that is repeated does no harm. */
function upload(state: BackendState, { session }: DeviceSession, request: RawRequest): ApiAnswer {
  // Whether the platform takes rows of a device that was signed out is published nowhere; refusing them is harsher.
  if (session.state !== 'ENROLLED') return { status: 403, json: { state: session.state } };
  const { rows } = readBody(request);
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

/** The app's own `journey.leaveApp({ keepData })`. A session that is signed out already stays as it is. */
function leave(state: BackendState, { session }: DeviceSession, body: Readonly<Record<string, unknown>>): ApiAnswer {
  const { keep_data: keepData } = body;
  if (typeof keepData !== 'boolean') throw invalidRequest("'keep_data' must be true or false.");
  if (session.state === 'ENROLLED') signOut(session, keepData ? 'LOCKED' : 'RESET', state.now());
  return { status: 200, json: { state: session.state } };
}

function authenticate(state: BackendState, request: RawRequest): DeviceSession {
  const [scheme = '', encoded = ''] = (request.authorization ?? '').split(/\s+(.*)/);
  const [sessionId = '', token = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/);
  const device = state.deviceSessions.find(sessionId);
  const isDevice = scheme.toLowerCase() === 'basic' && request.authenticationType === 'Device';
  if (!isDevice || device?.session.token === undefined || !isSame(token, device.session.token)) {
    throw new ApiError(401, 'AUTHENTICATION_FAILED', 'Authentication failed.', 'These are no credentials of a device.');
  }
  return device;
}

function markConnected(state: BackendState, { user, session }: DeviceSession): void {
  session.lastConnectedAt = state.now();
  user.lastConnectedAt = state.now();
}

function readBody({ contentType, body }: RawRequest): Readonly<Record<string, unknown>> {
  return readJsonObject({ isJson: /^application\/json\b/i.test(contentType ?? ''), body });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

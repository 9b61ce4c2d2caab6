import { randomUUID } from 'node:crypto';
import { ApiError, invalidRequest, objectNotFound } from '../http/ApiError';
import type { ApiResponse } from '../http/ApiResponse';
import type { ParsedRequest } from '../http/ParsedRequest';
import { readJsonObject } from '../http/read-json-object';
import { cutPage } from '../query/cut-page';
import { readCount } from '../query/read-count';
import { lockUser, showSession, showUser, signOut } from '../state/Session';
import type { Session, UserRecord } from '../state/Session';
import type { Backend } from './Backend';
import { showsTotal } from './shows-total';

/** `GET users`: a page of the users. */
export function listUsers(backend: Backend, request: ParsedRequest): ApiResponse {
  const { url, view } = request;
  const [defaultSize, maxSize] = backend.switches.usersPageSize.split('/').map(Number) as [number, number];
  const from = readCount(url.searchParams.get('skip'), 'skip') ?? 0;
  const size = Math.min(readCount(url.searchParams.get('limit'), 'limit') ?? defaultSize, maxSize);
  const users = backend.state.users(view?.agoMs);
  const { rows, more } = cutPage(users, from, size, view);
  const objects = rows.map((user) => show(backend, user));
  const total = showsTotal(backend, request) && { total: users.length };
  return { status: 200, json: { ...total, count: objects.length, more, objects } };
}

/** `GET users/:user`. */
export function getUser(backend: Backend, { view }: ParsedRequest, userId: string): ApiResponse {
  return { status: 200, json: show(backend, backend.state.user(userId, view?.agoMs)) };
}

/** `POST users/:user/lock`. */
export function lock(backend: Backend, request: ParsedRequest, userId: string): ApiResponse {
  const wipe = readWipe(backend, request.body === '' ? {} : readJsonObject(request));
  return { ...answerAction(backend, lockOnce(backend, userId, wipe)), isLock: true };
}

/** `POST users/:user/unlock`. The sessions stay as they are. */
export function unlock(backend: Backend, _request: ParsedRequest, userId: string): ApiResponse {
  return answerAction(backend, unlockOnce(backend, userId));
}

/**
 * `POST users/:user/authentication-token`: an enrolment address, valid for 5 minutes (documented on the vendor's forum).
 * A locked user gets none (assumed).
 */
export function createEnrolment(backend: Backend, _request: ParsedRequest, userId: string): ApiResponse {
  const user = backend.state.user(userId);
  if (user.locked)
    throw new ApiError(422, 'INVALID_OPERATION', 'Invalid operation.', `The user '${userId}' is locked.`);
  return { status: 200, json: { url: `https://enrol.example.test/${randomUUID()}`, expires_in: 300 } };
}

/** `GET users/:user/sessions/:session`. */
export function getSession(
  { state }: Backend,
  { view }: ParsedRequest,
  userId: string,
  sessionId: string
): ApiResponse {
  return { status: 200, json: showSession(findSession(state.user(userId, view?.agoMs), sessionId)) };
}

/** `POST users/:user/sessions/:session/wipe`. */
export function wipeSession(backend: Backend, _request: ParsedRequest, userId: string, sessionId: string): ApiResponse {
  const user = backend.state.userToChange(userId);
  signOut(findSession(user, sessionId), 'RESET', backend.state.now());
  return answerAction(backend, user);
}

/** `POST users/:user/sessions/:session/re-authenticate`. A session that is RESET stays so (assumed). */
export function reauthenticateSession(
  backend: Backend,
  _request: ParsedRequest,
  userId: string,
  sessionId: string
): ApiResponse {
  const user = backend.state.userToChange(userId);
  const session = findSession(user, sessionId);
  // A pending wipe is never taken back.
  if (session.state !== 'RESET') signOut(session, 'LOCKED', backend.state.now());
  return answerAction(backend, user);
}

/**
 * What `wipe` means in a lock. Only a literal `false` keeps the data. What the platform does without it is published
 * nowhere; the switch decides, and wipes by default.
 */
export function readWipe(backend: Backend, given: Readonly<Record<string, unknown>>): boolean {
  const { wipe } = given;
  if (wipe === false) return backend.switches.wipeFalse === 'wipes';
  if (wipe === true) return true;
  if (backend.switches.missingWipe === 'refuse') throw invalidRequest("'wipe' must be true or false.");
  return backend.switches.missingWipe === 'wipe';
}

/** Locks a user, or answers the error that the switch names for one who is locked already. */
export function lockOnce(backend: Backend, userId: string, wipe: boolean): UserRecord {
  const user = backend.state.userToChange(userId);
  if (user.locked) checkRepeat(backend, userId, 'locked');
  lockUser(user, wipe, backend.state.now());
  return user;
}

/** Unlocks a user, or answers the error that the switch names for one who is unlocked already. */
export function unlockOnce(backend: Backend, userId: string): UserRecord {
  const user = backend.state.userToChange(userId);
  if (!user.locked) checkRepeat(backend, userId, 'unlocked');
  user.locked = false;
  return user;
}

/** @throws ApiError `INVALID_OPERATION` where the switch makes it an error that there is nothing to do */
function checkRepeat(backend: Backend, userId: string, state: 'locked' | 'unlocked'): void {
  if (backend.switches.repeatLock === 'success') return;
  const type = backend.switches.repeatError === 'already' ? `ALREADY_${state.toUpperCase()}` : 'INVALID_OPERATION';
  throw new ApiError(422, type, 'Invalid operation.', `The user '${userId}' is ${state} already.`);
}

function answerAction(backend: Backend, user: UserRecord): ApiResponse {
  switch (backend.switches.actionAnswer) {
    case 'no-content':
      return { status: 204 };
    case 'empty':
      return { status: 200 };
    case 'user':
      return { status: 200, json: show(backend, user) };
  }
}

function show(backend: Backend, user: UserRecord): object {
  return showUser(user, backend.switches.sessionsOfNewUser);
}

function findSession(user: UserRecord, id: string): Session {
  const session = user.sessions.find((entry) => entry.id === id);
  if (session === undefined) throw objectNotFound('session', id);
  return session;
}

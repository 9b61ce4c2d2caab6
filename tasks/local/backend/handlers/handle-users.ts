import { randomUUID } from 'node:crypto';
import type { ApiAnswer, ApiCall, Backend } from '../http/ApiCall';
import { readCount, readJsonObject } from '../http/ApiCall';
import { ApiError, invalidRequest, objectNotFound, routeError } from '../http/ApiError';
import { lockUser, showSession, showUser, signOut } from '../state/Session';
import type { Session, UserRecord } from '../state/Session';

/** `users…`: the users API. */
export function handleUsers(backend: Backend, call: ApiCall): ApiAnswer {
  const [, userId, action, sessionId, sessionAction, ...rest] = call.path;
  const route = `${call.method} ${[action, sessionId === undefined ? undefined : ':session', sessionAction].filter(Boolean).join('/')}`;
  if (rest.length > 0) throw routeError(call.method, call.path.join('/'));
  if (userId === undefined) {
    if (call.method !== 'GET') throw routeError(call.method, 'users');
    return listUsers(backend, call);
  }
  switch (route) {
    case 'GET ':
      return { status: 200, json: show(backend, backend.state.user(userId)) };
    case 'POST lock':
      return lock(backend, call, userId);
    case 'POST unlock':
      return change(backend, userId, (user) => unlockOnce(backend, user));
    case 'POST authentication-token':
      return createEnrolment(backend, userId);
    case 'GET sessions/:session':
      return { status: 200, json: showSession(findSession(backend.state.user(userId), sessionId ?? '')) };
    case 'POST sessions/:session/wipe':
      return change(backend, userId, (user) =>
        signOut(findSession(user, sessionId ?? ''), 'RESET', backend.state.now())
      );
    case 'POST sessions/:session/re-authenticate':
      return change(backend, userId, (user) => reauthenticate(findSession(user, sessionId ?? ''), backend.state.now()));
    default:
      throw routeError(call.method, call.path.join('/'));
  }
}

/**
 * What `wipe` means in a lock. Only a literal `false` keeps the data. What the platform does without it is published
 * nowhere; the switch decides, and wipes by default.
 */
export function readWipe(backend: Backend, given: Readonly<Record<string, unknown>>): boolean {
  const { wipe } = given;
  if (typeof wipe === 'boolean') return wipe;
  if (backend.switches.missingWipe === 'refuse') throw invalidRequest("'wipe' must be true or false.");
  return backend.switches.missingWipe === 'wipe';
}

/** Locks a user, or answers the error that the switch names for one who is locked already. */
export function lockOnce(backend: Backend, userId: string, wipe: boolean): UserRecord {
  const user = backend.state.user(userId);
  if (user.locked) checkRepeat(backend, userId, 'locked');
  lockUser(user, wipe, backend.state.now());
  return user;
}

/** Unlocks a user, and leaves the sessions as they are; of one who is unlocked already, what the switch says. */
function unlockOnce(backend: Backend, user: UserRecord): void {
  if (!user.locked) checkRepeat(backend, user.id, 'unlocked');
  user.locked = false;
}

/** @throws ApiError `INVALID_OPERATION` where the switch makes it an error that there is nothing to do */
function checkRepeat(backend: Backend, userId: string, state: 'locked' | 'unlocked'): void {
  if (backend.switches.repeatLock === 'success') return;
  throw new ApiError(422, 'INVALID_OPERATION', 'Invalid operation.', `The user '${userId}' is ${state} already.`);
}

function listUsers(backend: Backend, call: ApiCall): ApiAnswer {
  const [defaultSize, maxSize] = backend.switches.usersPageSize.split('/').map(Number) as [number, number];
  const from = readCount(call.query.get('skip'), 'skip') ?? 0;
  const size = Math.min(readCount(call.query.get('limit'), 'limit') ?? defaultSize, maxSize);
  const users = backend.state.users();
  const objects = users.slice(from, from + size).map((user) => show(backend, user));
  const withTotal = backend.switches.listTotal === 'always' || call.query.get('total') === 'true';
  const more = from + objects.length < users.length;
  return { status: 200, json: { ...(withTotal && { total: users.length }), count: objects.length, more, objects } };
}

function lock(backend: Backend, call: ApiCall, userId: string): ApiAnswer {
  const wipe = readWipe(backend, call.body === '' ? {} : readJsonObject(call));
  return { ...answerAction(backend, lockOnce(backend, userId, wipe)), isLock: true };
}

function change(backend: Backend, userId: string, apply: (user: UserRecord) => void): ApiAnswer {
  const user = backend.state.user(userId);
  apply(user);
  return answerAction(backend, user);
}

function answerAction(backend: Backend, user: UserRecord): ApiAnswer {
  switch (backend.switches.actionAnswer) {
    case 'no-content':
      return { status: 204 };
    case 'empty':
      return { status: 200 };
    case 'user':
      return { status: 200, json: show(backend, user) };
  }
}

/** A pending wipe is never taken back, so a session that is RESET stays so (assumed). */
function reauthenticate(session: Session, now: string): void {
  if (session.state !== 'RESET') signOut(session, 'LOCKED', now);
}

/** An enrolment address, valid for 5 minutes (documented on the vendor's forum). A locked user gets none (assumed). */
function createEnrolment(backend: Backend, userId: string): ApiAnswer {
  const user = backend.state.user(userId);
  if (user.locked)
    throw new ApiError(422, 'INVALID_OPERATION', 'Invalid operation.', `The user '${userId}' is locked.`);
  return { status: 200, json: { url: `https://enrol.example.test/${randomUUID()}`, expires_in: 300 } };
}

function show(backend: Backend, user: UserRecord): object {
  return showUser(user, backend.switches.sessionsOfNewUser);
}

function findSession(user: UserRecord, id: string): Session {
  const session = user.sessions.find((entry) => entry.id === id);
  if (session === undefined) throw objectNotFound('session', id);
  return session;
}

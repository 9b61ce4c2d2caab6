import type { Route } from '../http/Router';
import type { BackendState } from '../state/BackendState';
import type { Backend } from './Backend';
import { handleBatch } from './handle-batch';
import { getDataModelJson, getDataModelXml, getInfo } from './handle-deployment';
import { connectDevice, enrollDevice, leaveApp, uploadRows } from './handle-device';
import { changeFaults, changeLimits, getRequests, getState, getViolations, seed, signIn } from './handle-local';
import type { LocalControl } from './handle-local';
import {
  createObject,
  deleteObject,
  getObject,
  listObjects,
  patchObject,
  putObject,
  queryObjects
} from './handle-objects';
import {
  createEnrolment,
  getSession,
  getUser,
  listUsers,
  lock,
  reauthenticateSession,
  unlock,
  wipeSession
} from './handle-users';

/** Below `/api/v4/<backend deployment>`. A route that is not here is answered with 404 `ROUTE_ERROR`. */
export const API_ROUTES: readonly Route<Backend>[] = [
  { method: 'GET', path: 'info.json', handle: getInfo },
  { method: 'GET', path: 'datamodel.json', handle: getDataModelJson },
  { method: 'GET', path: 'datamodel.xml', handle: getDataModelXml },
  { method: 'POST', path: 'batch.json', handle: handleBatch },
  { method: 'GET', path: 'objects/:model.json', handle: listObjects },
  { method: 'POST', path: 'objects/:model.json', handle: createObject },
  { method: 'POST', path: 'objects/:model/query.json', handle: queryObjects },
  { method: 'GET', path: 'objects/:model/:id.json', handle: getObject },
  { method: 'PUT', path: 'objects/:model/:id.json', handle: putObject },
  { method: 'PATCH', path: 'objects/:model/:id.json', handle: patchObject },
  { method: 'DELETE', path: 'objects/:model/:id.json', handle: deleteObject },
  { method: 'GET', path: 'users', handle: listUsers },
  { method: 'GET', path: 'users/:user', handle: getUser },
  { method: 'POST', path: 'users/:user/lock', handle: lock },
  { method: 'POST', path: 'users/:user/unlock', handle: unlock },
  { method: 'POST', path: 'users/:user/authentication-token', handle: createEnrolment },
  { method: 'GET', path: 'users/:user/sessions/:session', handle: getSession },
  { method: 'POST', path: 'users/:user/sessions/:session/wipe', handle: wipeSession },
  { method: 'POST', path: 'users/:user/sessions/:session/re-authenticate', handle: reauthenticateSession }
];

/** What the app on a device asks of the backend. The paths and bodies are invented; see handle-device. */
export const DEVICE_ROUTES: readonly Route<BackendState>[] = [
  { method: 'POST', path: '_device/enroll', handle: enrollDevice },
  { method: 'POST', path: '_device/connect', handle: connectDevice },
  { method: 'POST', path: '_device/upload', handle: uploadRows },
  { method: 'POST', path: '_device/leave', handle: leaveApp }
];

/** What tests and people on this machine may see and do. It needs no token. */
export const LOCAL_ROUTES: readonly Route<LocalControl>[] = [
  { method: 'GET', path: '_local/state', handle: getState },
  { method: 'GET', path: '_local/requests', handle: getRequests },
  { method: 'GET', path: '_local/violations', handle: getViolations },
  { method: 'POST', path: '_local/seed', handle: seed },
  { method: 'POST', path: '_local/sign-in', handle: signIn },
  { method: 'PUT', path: '_local/limits', handle: changeLimits },
  { method: 'PUT', path: '_local/faults', handle: changeFaults }
];

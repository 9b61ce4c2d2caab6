import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Backend } from './ApiCall';
import { BackendState } from './BackendState';
import type { StateCounts } from './BackendState';
import { cannotUse, DataFile } from './DataFile';
import type { DataModel } from './DataModel';
import { parseDataModel } from './parse-data-model';
import { RequestLog } from './RequestLog';
import type { RequestLogEntry } from './RequestLog';
import { seedUsers } from './seed-users';
import type { SeedRequest, SeedResult } from './seed-users';
import { serveRequest } from './serve-request';
import { showUser } from './Session';
import type { UserView } from './Session';
import { parseSwitches } from './Switches';
import type { Switches } from './Switches';

export type { SeedRequest, SeedResult } from './seed-users';

/** How to start a backend; everything has a default. */
export interface BackendOptions {
  /** Port on 127.0.0.1. Default 0: any that is free. */
  readonly port?: number;
  /** The app's data model. Default: the repository's `schema.xml`. */
  readonly schemaPath?: string;
  /** Name of the user model. Default `user`. */
  readonly userModel?: string;
  /** 24 lower-case hex digits. Default: the data file's, else random ones. */
  readonly backendId?: string;
  /** Label that `info.json` shows. Default `Local`. */
  readonly label?: string;
  /** Environment that `info.json` shows. Default `testing`. */
  readonly environment?: string;
  /** File that keeps the state. Default: none, the state is gone when the backend closes. */
  readonly dataFile?: string;
  /** Choices where the platform's behaviour is unknown. Default: the harshest of each. */
  readonly switches?: Partial<Switches>;
  /** The time in milliseconds since 1970. Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** Counts of the state and of the requests so far. */
export type StateSummary = StateCounts & ReturnType<RequestLog['counts']>;

/** A backend that is running. */
export interface RunningBackend {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** Base address of the API, ending in `/api/v4/<24 hex digits>`. */
  readonly url: string;
  readonly backendId: string;
  /** Made at every start; it is good for this backend alone. */
  readonly token: string;
  /** @throws Error where the numbers are wrong */
  seed(request: SeedRequest): SeedResult;
  state(): StateSummary;
  requests(): readonly RequestLogEntry[];
  /** The user as `GET users/{id}` shows it. */
  user(id: string): UserView | undefined;
  /** Every user as `GET users` shows them. */
  users(): readonly UserView[];
  /** Closes open connections and writes the data file. */
  close(): Promise<void>;
}

/**
 * Starts a Backend API v4 on 127.0.0.1.
 *
 * @throws Error where the data model or the data file cannot be used, a switch is unknown, or the port is taken
 */
export async function startBackend(options: BackendOptions = {}): Promise<RunningBackend> {
  const nowMs = options.nowMs ?? Date.now;
  const saved = options.dataFile === undefined ? undefined : DataFile.read(options.dataFile);
  const schemaPath = options.schemaPath ?? join(__dirname, '..', '..', '..', 'schema.xml');
  const state = new BackendState(readDataModel(schemaPath), options.userModel ?? 'user', nowMs);
  const backendId = options.backendId ?? saved?.backendId ?? randomBytes(12).toString('hex');
  if (!/^[0-9a-f]{24}$/.test(backendId)) throw new Error('"backendId" must be 24 lower-case hex digits.');
  if (saved !== undefined && options.dataFile !== undefined) loadSaved(state, options.dataFile, saved);
  const dataFile =
    options.dataFile === undefined ? undefined : new DataFile(options.dataFile, () => state.toSnapshot(backendId));

  const backend: Backend = {
    state,
    backendId,
    switches: parseSwitches(options.switches ?? {}),
    label: options.label ?? 'Local',
    environment: options.environment ?? 'testing',
    startedAt: state.now()
  };
  const token = `local-${randomBytes(18).toString('hex')}`;
  const log = new RequestLog();
  const show = (user: Parameters<typeof showUser>[0]): UserView => showUser(user, backend.switches.sessionsOfNewUser);

  const server = createServer((request, response) => {
    void serveRequest({ backend, running, token, log, onChange: () => dataFile?.writeSoon() }, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const running: RunningBackend = {
    origin,
    url: `${origin}/api/v4/${backendId}`,
    backendId,
    token,
    seed(request) {
      const result = seedUsers(state, request);
      dataFile?.writeSoon();
      return result;
    },
    state: () => ({ ...state.count(), ...log.counts() }),
    requests: () => log.list(),
    user(id) {
      const user = state.findUser(id);
      return user && show(user);
    },
    users: () => state.users().map(show),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      dataFile?.writeNow();
    }
  };
  return running;
}

function readDataModel(path: string): DataModel {
  try {
    return parseDataModel(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`The data model ${path} cannot be used: ${(error as Error).message}`);
  }
}

function loadSaved(state: BackendState, path: string, saved: Parameters<BackendState['loadSnapshot']>[0]): void {
  try {
    state.loadSnapshot(saved);
  } catch (error) {
    throw cannotUse(path, error);
  }
}

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import memoize from 'lodash/memoize';
import type { BackendState, KeptOrder } from './state/BackendState';
import { cannotUse, DataFile } from './state/DataFile';
import type { DataModel } from './state/DataModel';
import { Emulator } from './Emulator';
import type { StateSummary } from './Emulator';
import { parseDataModel } from './state/parse-data-model';
import type { SeedRequest, SeedResult } from './state/seed-users';
import { startServer } from './http/start-server';
import { parseSwitches } from './control/Switches';
import type { Switches } from './control/Switches';
import type { WebhookDelivery } from './state/Webhooks';

export type { StateSummary } from './Emulator';
export type { SeedRequest, SeedResult } from './state/seed-users';

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
  /** Takes what webhooks deliver to CloudCode. Default: nobody does. */
  readonly onWebhook?: (delivery: WebhookDelivery) => void;
  /** Gets a sentence where the data file can no longer be written. Default: stderr gets it. */
  readonly onProblem?: (sentence: string) => void;
  /** What CloudCode has taken and not ended, for the data file. Undefined: nothing is known yet, and what the file has stays. */
  readonly listOrders?: () => readonly KeptOrder[] | undefined;
  /** The time in milliseconds since 1970. Default: the machine's clock. */
  readonly nowMs?: () => number;
}

/** How to make a backend without a network. */
export interface EmulatorOptions extends Omit<BackendOptions, 'port' | 'dataFile' | 'onProblem' | 'listOrders'> {
  /** Instead of a `schemaPath`: a data model that was read already. */
  readonly dataModel?: DataModel;
}

/** A backend that is running. */
export interface RunningBackend extends Pick<
  Emulator,
  'token' | 'requests' | 'user' | 'users' | 'setLimits' | 'setFaults' | 'violations'
> {
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  /** Base address of the API, ending in `/api/v4/<24 hex digits>`. */
  readonly url: string;
  readonly backendId: string;
  /** What is ignored in the data model, with line and column. */
  readonly warnings: readonly string[];
  /** What CloudCode had taken and not ended when the data file was written last. */
  readonly savedOrders: readonly KeptOrder[];
  /** Has the orders written to the data file soon. */
  saveOrders(): void;
  /** @throws Error where the numbers are wrong */
  seed(request: SeedRequest): SeedResult;
  state(): StateSummary;
  /** What the webhooks of an object deliver, once more. @throws Error where there is no such object or webhook */
  deliveriesFor(model: string, id: string): readonly WebhookDelivery[];
  /** Closes open connections and writes the data file. @throws Error where it cannot be written */
  close(): Promise<void>;
}

/**
 * Starts a Backend API v4 on 127.0.0.1.
 *
 * @throws Error where the data model or the data file cannot be used, a switch is unknown, or the port is taken
 */
export async function startBackend(options: BackendOptions = {}): Promise<RunningBackend> {
  const saved = options.dataFile === undefined ? undefined : DataFile.read(options.dataFile);
  const backendId = options.backendId ?? saved?.backendId ?? randomBytes(12).toString('hex');
  const emulator = createEmulator({ ...options, backendId });
  const { state, token } = emulator;
  if (saved !== undefined && options.dataFile !== undefined) loadSaved(state, options.dataFile, saved);
  const savedOrders = saved?.orders ?? [];
  // Before anything is answered: whoever gets a 200 relies on it.
  const dataFile =
    options.dataFile === undefined
      ? undefined
      : DataFile.open(options.dataFile, {
          takeSnapshot: () => ({ ...state.toSnapshot(backendId), orders: options.listOrders?.() ?? savedOrders }),
          onProblem: options.onProblem ?? ((sentence) => process.stderr.write(`${sentence}\n`))
        });

  const starting = startServer(options.port ?? 0, {
    begin: (request) => emulator.begin(request),
    onChange: () => dataFile?.writeSoon()
  });
  const server = await starting.catch((error: unknown) => {
    dataFile?.close();
    throw error;
  });
  const { origin } = server;

  return {
    origin,
    url: `${origin}/api/v4/${backendId}`,
    backendId,
    warnings: state.dataModel.warnings,
    token,
    savedOrders,
    saveOrders: () => dataFile?.writeSoon(),
    seed(request) {
      const result = emulator.seed(request);
      dataFile?.writeSoon();
      return result;
    },
    state: () => emulator.summarize(),
    deliveriesFor: (model, id) => state.repeatWebhooks(model, id),
    requests: () => emulator.requests(),
    user: (id) => emulator.user(id),
    users: () => emulator.users(),
    setLimits: (limits) => emulator.setLimits(limits),
    setFaults: (script) => emulator.setFaults(script),
    violations: () => emulator.violations(),
    async close() {
      await server.close();
      dataFile?.close();
    }
  };
}

/**
 * A Backend API v4 without a network, for tests that run on a clock of their own.
 *
 * @throws Error where the data model cannot be used, or the id or a switch is wrong
 */
export function createEmulator(options: EmulatorOptions): Emulator {
  const backendId = options.backendId ?? randomBytes(12).toString('hex');
  if (!/^[0-9a-f]{24}$/.test(backendId)) throw new Error('"backendId" must be 24 lower-case hex digits.');
  return new Emulator({
    dataModel: options.dataModel ?? readDataModel(options.schemaPath),
    userModel: options.userModel ?? 'user',
    backendId,
    label: options.label ?? 'Local',
    environment: options.environment ?? 'testing',
    switches: parseSwitches(options.switches ?? {}),
    nowMs: options.nowMs ?? Date.now,
    onWebhook: options.onWebhook ?? (() => undefined)
  });
}

/** To parse the same text takes longer than all else at the start of a backend, and a data model is never changed. */
const parseOnce = memoize(parseDataModel);

/**
 * Reads a data model from its file. Default: the repository's `schema.xml`.
 *
 * @throws Error where it cannot be used
 */
export function readDataModel(path = join(__dirname, '..', '..', '..', 'schema.xml')): DataModel {
  try {
    return parseOnce(readFileSync(path, 'utf8'));
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

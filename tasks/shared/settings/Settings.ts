/** A deployment of the platform: where it is, and which variable of this machine holds its token. */
export interface RemoteDeployment {
  readonly backendUrl: string;
  readonly tokenVariable: string;
  /** What `info.json` of the deployment says, such as `production`. */
  readonly environment?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** When a task is triggered by itself. */
export interface Schedule {
  readonly task: string;
  /** Minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timezone: string;
  /** Parameters of the task. Default: none. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The backend of `npm run local`. */
export interface LocalDeployment {
  /** Port on 127.0.0.1. Default 0: any that is free. */
  readonly port?: number;
  /** Users that a new backend gets. Default 200. */
  readonly users?: number;
  /** File that keeps the state. Default: none. */
  readonly data?: string;
  readonly switches?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** What `npm run local` triggers by the clock. Default: nothing. */
  readonly schedules?: readonly Schedule[];
  /** Tasks that are limited to a single instance, as OXIDE's task settings can say. Default: none. */
  readonly singleInstance?: readonly string[];
}

/** What `.journeyrc` says. */
export interface Settings {
  readonly default: string;
  readonly deployments: Readonly<Record<string, LocalDeployment | RemoteDeployment>>;
}

/** Whether a deployment is one of the platform. */
export function isRemote(deployment: LocalDeployment | RemoteDeployment): deployment is RemoteDeployment {
  return 'backendUrl' in deployment;
}

/** A deployment of the platform: where it is, and which variable of this machine holds its token. */
export interface RemoteDeployment {
  readonly backendUrl: string;
  readonly tokenVariable: string;
  readonly variables?: Readonly<Record<string, string>>;
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

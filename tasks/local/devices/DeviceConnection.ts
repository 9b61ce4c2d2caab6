/** The part of fetch that a device uses. */
export type FetchUrl = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string }
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** What a device got when it enrolled. */
export interface Credentials {
  readonly sessionId: string;
  readonly token: string;
}

/** What the backend answered. */
export interface DeviceAnswer {
  readonly status: number;
  readonly text: string;
}

/** A device's way to the backend, over HTTP. */
export class DeviceConnection {
  constructor(
    private readonly origin: string,
    private readonly fetchUrl: FetchUrl
  ) {}

  /** The backend's answer, or undefined where it cannot be reached or its answer does not arrive. */
  async post(action: string, body: object, credentials?: Credentials): Promise<DeviceAnswer | undefined> {
    const headers = { 'Content-Type': 'application/json', ...(credentials && sign(credentials)) };
    try {
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await this.fetchUrl(`${this.origin}/_device/${action}`, init);
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }
}

function sign({ sessionId, token }: Credentials): Record<string, string> {
  return {
    Authorization: `Basic ${Buffer.from(`${sessionId}:${token}`).toString('base64')}`,
    'Journey-Authentication-Type': 'Device'
  };
}

import type { SessionState } from '../users/UserState';
import { readTime } from './read-time';

/**
 * A session as the users API shows it. Its times are read when they are asked for: that takes as long as all the rest, and most runs ask
 * for few. It keeps their texts and not the entry of the answer, which may be large: several pages are held at once.
 */
export class ShownSession implements SessionState {
  readonly sessionId: string;
  readonly state: string;
  private readonly signedOutAt: string | undefined;
  private readonly authenticatedAt: string | undefined;
  private readonly connectedAt: string | undefined;

  constructor(entry: Readonly<Record<string, unknown>>) {
    this.sessionId = readText(entry['id']) ?? '';
    this.state = readText(entry['state']) ?? '';
    this.signedOutAt = readText(entry['signed_out_at']);
    this.authenticatedAt = readText(entry['last_authenticated_at']);
    this.connectedAt = readText(entry['last_connected_at']);
  }

  get signedOutAtMs(): number | null {
    return readTime(this.signedOutAt);
  }

  get authenticatedAtMs(): number | null {
    return readTime(this.authenticatedAt);
  }

  get lastConnectedAtMs(): number | null {
    return readTime(this.connectedAt);
  }
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

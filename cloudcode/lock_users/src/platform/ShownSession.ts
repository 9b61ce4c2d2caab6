import type { SessionState } from '../users/UserState';
import { readTime } from './read-time';

/**
 * A session as the users API shows it. Its times are read when they are asked for: that takes as long as all the rest, and most runs ask
 * for few. It holds on to the entry of the answer, so it is not to be kept.
 */
export class ShownSession implements SessionState {
  readonly sessionId: string;
  readonly state: string;

  constructor(private readonly entry: Readonly<Record<string, unknown>>) {
    const { id, state } = entry;
    this.sessionId = typeof id === 'string' ? id : '';
    this.state = typeof state === 'string' ? state : '';
  }

  get signedOutAtMs(): number | null {
    return readTime(this.entry['signed_out_at']);
  }

  get authenticatedAtMs(): number | null {
    return readTime(this.entry['last_authenticated_at']);
  }

  get lastConnectedAtMs(): number | null {
    return readTime(this.entry['last_connected_at']);
  }
}

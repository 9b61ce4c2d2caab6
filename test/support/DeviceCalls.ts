import { randomUUID } from 'node:crypto';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import type { SessionView } from '../../tasks/local/backend/state/Session';
import { VirtualClock } from '../../tasks/shared/VirtualClock';
import { callBackend } from './call-backend';
import type { Answer } from './call-backend';
import { callDevice, enrollDevice } from './call-device';
import type { DeviceCredentials } from './call-device';

/** A backend with one user, who was never in the app, and plain HTTP requests as a device of theirs makes them. */
export class DeviceCalls {
  private constructor(
    readonly backend: RunningBackend,
    readonly userId: string,
    private readonly clock: VirtualClock
  ) {}

  static async start(options: BackendOptions = {}): Promise<DeviceCalls> {
    const clock = new VirtualClock(Date.parse('2026-03-02T06:00:00Z'));
    const backend = await startBackend({ nowMs: () => clock.nowMs(), ...options });
    return new DeviceCalls(backend, backend.seed({ users: 1, neverEnrolled: 1 }).userIds[0] ?? '', clock);
  }

  passTime(ms: number): void {
    this.clock.moveTo(this.clock.nowMs() + ms);
  }

  enroll(): Promise<DeviceCredentials> {
    return enrollDevice(this.backend, this.userId, 'tablet');
  }

  tell(action: string, body: unknown, credentials?: DeviceCredentials): Promise<Answer> {
    return callDevice(this.backend, action, body, credentials);
  }

  /** An administrator's request about the user. */
  post(path: string, body: object = {}): Promise<Answer> {
    return callBackend(this.backend, 'POST', `users/${this.userId}/${path}`, body);
  }

  sessions(): readonly SessionView[] {
    return this.backend.user(this.userId)?.sessions ?? [];
  }

  countInspections(): number | undefined {
    return this.backend.state().objects['inspection'];
  }
}

/** A row as a device uploads it. */
export function inspection(note: string): { type: string; id: string; values: Record<string, string> } {
  return { type: 'inspection', id: randomUUID(), values: { vehicle: 'Van 1', note } };
}

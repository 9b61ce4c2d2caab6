import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineContract } from '../../tasks/contract/command';
import type { Switches } from '../../tasks/local/backend/control/Switches';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend, SeedRequest } from '../../tasks/local/backend/start-backend';
import { RecordedIo } from './RecordedIo';

/** A deployment, a person at the terminal who says yes, and time that passes when somebody waits. */
export class ContractBench {
  nowMs = Date.UTC(2026, 0, 1);
  readonly folder = mkdtempSync(join(tmpdir(), 'contract-'));
  readonly file = join(this.folder, 'switches.json');
  private running: RunningBackend | undefined;
  private readonly command = defineContract({
    nowMs: () => this.nowMs,
    sleep: (ms) => Promise.resolve(void (this.nowMs += ms))
  });
  userId = '';

  async start(
    switches: Partial<Switches> = {},
    seed: SeedRequest = { users: 6, twoDevices: 1, neverEnrolled: 1 }
  ): Promise<this> {
    this.running = await startBackend({ switches, nowMs: () => this.nowMs });
    const { userIds, twoDeviceIds } = this.running.seed(seed);
    this.userId = twoDeviceIds[0] ?? userIds[0] ?? '';
    return this;
  }

  get backend(): RunningBackend {
    if (this.running === undefined) throw new Error('It is not running.');
    return this.running;
  }

  /** @param before happens with the surroundings before the command runs */
  run(before: (io: RecordedIo) => void = () => undefined, variables = {}): ReturnType<RecordedIo['run']> {
    const io = new RecordedIo({
      environment: {
        CONTRACT_BACKEND_URL: this.backend.url,
        CONTRACT_API_TOKEN: this.backend.token,
        CONTRACT_USER_ID: this.userId,
        ...variables
      }
    });
    io.answer = 'yes';
    before(io);
    return io.run(this.command, ['--write', this.file]);
  }

  written(): Partial<Switches> {
    return JSON.parse(readFileSync(this.file, 'utf8')) as Partial<Switches>;
  }

  async close(): Promise<void> {
    await this.running?.close();
    rmSync(this.folder, { recursive: true });
  }
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { runTask } from '../../tasks/local/runtime/run-task';
import type { TaskRun, TaskRunResult } from '../../tasks/local/runtime/TaskRun';

/** A folder with a built task whose source a test writes, and a backend for it. */
export class SourceTask {
  readonly folder = mkdtempSync(join(tmpdir(), 'task-'));

  private constructor(readonly backend: RunningBackend) {}

  static async start(): Promise<SourceTask> {
    return new SourceTask(await startBackend());
  }

  /** Runs a task whose `run` has this body. */
  run(body: string, options: Partial<TaskRun> = {}): Promise<TaskRunResult> {
    return this.runSource(`exports.run = async function (params) { ${body} };`, options);
  }

  runSource(source: string, options: Partial<TaskRun> = {}): Promise<TaskRunResult> {
    this.write(source);
    return runTask({ taskFolder: this.folder, environment: {}, backend: this.backend, ...options });
  }

  write(source: string): void {
    writeFileSync(join(this.folder, 'index.js'), source);
  }

  async close(): Promise<void> {
    await this.backend.close();
    rmSync(this.folder, { recursive: true });
  }
}

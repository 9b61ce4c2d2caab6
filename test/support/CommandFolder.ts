import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HAS_PROCESS_GROUPS } from '../../tasks/shared/process-group';

const REPOSITORY = join(__dirname, '..', '..');
/** The built tasks among them, so that the commands find them up to date. */
const COPIED = [
  'dist',
  'cloudcode',
  'tasks',
  'schema.xml',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.npmrc',
  '.journeyrc',
  'journeyrc.schema.json'
];

/** How a command ended, and all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that was started. */
export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as the output holds the text. */
  sees(text: string): Promise<string>;
  /** Ctrl-C in a terminal: every process of the group gets it, and npm passes it on once more. */
  interrupt(): void;
}

/** A copy of the repository to run commands in, because some of them build into dist/, which other suites are using. */
export class CommandFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'commands-'));

  constructor() {
    for (const name of COPIED) cpSync(join(REPOSITORY, name), join(this.root, name), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Starts one of the commands in tasks/, without npm, which is slow. */
  run(command: string, args: string[] = [], variables?: Record<string, string>): Command {
    return this.start(process.execPath, ['--import', 'tsx', join('tasks', command, 'main.ts'), ...args], variables);
  }

  /** Starts any program; npm itself only where the test is about it. */
  start(file: string, args: string[], variables: Record<string, string> = {}): Command {
    const child = spawn(file, args, {
      cwd: this.root,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: HAS_PROCESS_GROUPS
    });
    let [stdout, stderr] = ['', ''];
    let notify = (): void => undefined;
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      notify();
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      notify();
    });
    const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
    return {
      child,
      ended,
      interrupt: () => {
        const { pid } = child;
        if (pid === undefined) throw new Error(`${file} could not be started.`);
        if (HAS_PROCESS_GROUPS) process.kill(-pid, 'SIGINT');
        child.kill('SIGINT');
      },
      sees: (text) =>
        new Promise((resolve, reject) => {
          notify = () => {
            if ((stdout + stderr).includes(text)) resolve(stdout);
          };
          notify();
          void ended.then(() => reject(new Error(`It ended without "${text}": ${stdout}${stderr}`)));
        })
    };
  }

  /** Deletes the copy. */
  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

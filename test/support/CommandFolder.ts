import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HAS_PROCESS_GROUPS } from '../../tasks/shared/process-group';

const REPOSITORY = join(__dirname, '..', '..');
/** Only read by the commands, as long as the tasks are built. */
const LINKED = ['node_modules', 'cloudcode', 'tasks'];
/** Changed by some tests. */
const COPIED = ['schema.xml', 'package.json', '.journeyrc', 'journeyrc.schema.json'];
/** Required by a process of Node, it lets it run the repository's TypeScript. */
export const PRECOMPILED = join(__dirname, 'precompiled.cjs');
/** What is linked keeps its path in the folder, so that a command takes the folder for its repository. */
const NODE_OPTIONS = ['--preserve-symlinks', '--preserve-symlinks-main', '--require', PRECOMPILED];

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

/** A folder that looks like the repository with its built tasks, to run commands in that write beside them. */
export class CommandFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'commands-'));

  constructor() {
    for (const name of COPIED) cpSync(join(REPOSITORY, name), join(this.root, name));
    for (const name of LINKED) symlinkSync(join(REPOSITORY, name), join(this.root, name));
    mkdirSync(join(this.root, 'dist'));
    for (const name of readdirSync(join(REPOSITORY, 'dist'))) {
      symlinkSync(join(REPOSITORY, 'dist', name), join(this.root, 'dist', name));
    }
  }

  /** Starts one of the commands in tasks/, without npm and without a TypeScript loader, which are slow. */
  run(command: string, args: string[] = []): Command {
    return this.start(process.execPath, [...NODE_OPTIONS, join('tasks', command, 'main.ts'), ...args], this.root);
  }

  /** Starts one of the repository's npm scripts there, as somebody types it. It must not write anything. */
  runScript(...args: string[]): Command {
    return this.start('npm', args, REPOSITORY);
  }

  /** Deletes the folder. */
  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  private start(file: string, args: string[], cwd: string): Command {
    const child = spawn(file, args, {
      cwd,
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
}

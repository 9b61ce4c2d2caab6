import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * A shell outside of this process's group and terminal: it learns of the end of this process by the end of its input, however
 * this process ends, and cleans up then. It knows process groups by their number and files by their path.
 */
const SCRIPT = `
groups=" "
while IFS=' ' read -r verb value; do
  case "$verb" in
    group) groups="$groups$value " ;;
    ended) groups="\${groups%% $value *} \${groups#* $value }" ;;
    file) set -- "$@" "$value" ;;
    kept) for path; do shift; [ "$path" = "$value" ] || set -- "$@" "$path"; done ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2> /dev/null; done
[ $# -eq 0 ] || rm -f -- "$@"
`;

/** Cleans up after this process where it cannot do so itself, as after SIGKILL. There is none on Windows. */
export class Guard {
  private shell: ChildProcess | undefined;
  private entries = 0;

  constructor(private readonly isSupported = process.platform !== 'win32') {}

  /** The process group is killed when this process ends. */
  addGroup(pid: number): void {
    this.tell(`group ${pid}`, 1);
  }

  /** It has ended, and its number may be another's soon. */
  dropGroup(pid: number): void {
    this.tell(`ended ${pid}`, -1);
  }

  /** The file is deleted when this process ends. */
  addFile(path: string): void {
    this.tell(`file ${path}`, 1);
  }

  /** It is no longer there, or somebody else's. */
  dropFile(path: string): void {
    this.tell(`kept ${path}`, -1);
  }

  private tell(line: string, change: 1 | -1): void {
    // A line break would be another line to the shell.
    if (!this.isSupported || /[\r\n]/.test(line)) return;
    this.shell ??= start();
    this.entries += change;
    this.shell.stdin?.write(`${line}\n`);
    if (this.entries > 0) return;
    this.shell.stdin?.end();
    this.shell = undefined;
  }
}

function start(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore']
  });
  // Where there is no shell, this process still cleans up at its own end.
  shell.once('error', () => undefined);
  shell.stdin.once('error', () => undefined);
  shell.unref();
  const input = shell.stdin as { unref?: () => void };
  input.unref?.();
  return shell;
}

import { join } from 'node:path';
import type { Command, CommandIo, OptionTable } from './Command';
import { openOutput } from './open-output';
import { readLines } from './read-lines';
import { runCommand } from './run-command';

/** A second Ctrl-C after this time ends a command that does not stop by itself. npm and the terminal send two at once. */
const PATIENCE_MS = 2000;

/** Runs a command as this process: with its arguments, its streams, Ctrl-C and the exit code. */
export function runInProcess<O extends OptionTable>(command: Command<O>, environment: CommandIo['environment']): void {
  const signal = listenForInterrupt();
  const io: CommandIo = {
    root: join(__dirname, '..', '..'),
    stdout: openOutput(process.stdout, (error) => {
      process.exitCode = 1;
      process.stderr.write(`The output could not be written: ${error.message}\n`);
    }),
    stderr: openOutput(process.stderr, () => void (process.exitCode = 1)),
    environment,
    ask: (question) => askOnTerminal(question, signal),
    signal
  };
  void runCommand(command, process.argv.slice(2), io).then((exitCode) => {
    process.exitCode ??= exitCode;
  });
}

function listenForInterrupt(): AbortSignal {
  const abort = new AbortController();
  let firstAtMs = 0;
  const interrupt = (): void => {
    if (abort.signal.aborted && performance.now() - firstAtMs > PATIENCE_MS) process.exit(130);
    if (!abort.signal.aborted) firstAtMs = performance.now();
    abort.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // The terminal was closed.
  process.on('SIGHUP', interrupt);
  return abort.signal;
}

async function askOnTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  process.stderr.write(question);
  const stop = (): void => void process.stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const line of readLines(process.stdin)) return line;
    return '';
  } finally {
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();
  }
}

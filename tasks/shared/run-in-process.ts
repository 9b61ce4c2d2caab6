import { join } from 'node:path';
import type { Command, CommandIo, OptionTable } from './Command';
import { openOutput } from './open-output';
import { readLines } from './read-lines';
import { runCommand } from './run-command';

/** A second Ctrl-C after this time ends a command that does not stop by itself. npm and the terminal send two at once. */
const PATIENCE_MS = 2000;

/** Runs a command as this process: with its arguments, its streams, Ctrl-C and the exit code. */
export function runInProcess<O extends OptionTable>(command: Command<O>, environment: CommandIo['environment']): void {
  runAsProcess((args, io) => runCommand(command, args, io), environment, join(__dirname, '..', '..'));
}

/** The same for a program that reads its arguments itself. @param run resolves with the exit code, and never rejects */
export function runAsProcess(
  run: (args: readonly string[], io: CommandIo) => Promise<number>,
  environment: CommandIo['environment'],
  root: string
): void {
  const signal = listenForInterrupt();
  let lines: AsyncGenerator<string> | undefined;
  const io: CommandIo = {
    root,
    stdout: openOutput(process.stdout, (error) => {
      process.exitCode = 1;
      process.stderr.write(`The output could not be written: ${error.message}\n`);
    }),
    stderr: openOutput(process.stderr, () => void (process.exitCode = 1)),
    environment,
    ask: (question, until = signal) => {
      // Nothing is read before the first question, and one reader serves them all: a second would miss what the first has taken.
      lines ??= process.stdin.isTTY ? readLines(process.stdin) : undefined;
      return askOnTerminal(question, lines, until);
    },
    signal
  };
  void run(process.argv.slice(2), io).then((exitCode) => {
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

async function askOnTerminal(
  question: string,
  lines: AsyncGenerator<string> | undefined,
  signal: AbortSignal
): Promise<string | undefined> {
  const { stdin } = process;
  if (lines === undefined || !process.stderr.isTTY) return undefined;
  process.stderr.write(question);
  const stop = (): void => void stdin.destroy();
  signal.addEventListener('abort', stop);
  stdin.ref();
  try {
    const { value, done } = await lines.next();
    return done === true ? '' : value;
  } finally {
    signal.removeEventListener('abort', stop);
    // A terminal that nobody reads must not keep the process running.
    stdin.unref();
    signal.throwIfAborted();
  }
}

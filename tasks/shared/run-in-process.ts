import { join } from 'node:path';
import type { Command, CommandIo, OptionTable, Output } from './Command';
import { readLines } from './read-lines';
import { runCommand } from './run-command';

/** A second Ctrl-C after this time ends a command that does not stop by itself. npm and the terminal send two at once. */
const PATIENCE_MS = 2000;

/** Runs a command as this process: with its arguments, its streams, Ctrl-C and the exit code. */
export function runInProcess<O extends OptionTable>(command: Command<O>, environment: CommandIo['environment']): void {
  const signal = listenForInterrupt();
  const io: CommandIo = {
    root: join(__dirname, '..', '..'),
    stdout: openOutput(process.stdout),
    stderr: openOutput(process.stderr),
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

/** A stream whose reader may go at any time: the command then works on to its own end, and to its own exit code. */
function openOutput(stream: NodeJS.WriteStream): Output {
  let isClosed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosed && error.code !== 'EPIPE') {
      // Output is lost that somebody expects, as on a full disk.
      process.exitCode = 1;
      if (stream !== process.stderr) process.stderr.write(`The output could not be written: ${error.message}\n`);
    }
    isClosed = true;
  });
  return {
    write(text) {
      if (!isClosed) stream.write(text);
    },
    get columns() {
      // Some terminals do not know their width and say 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
    },
    get isClosed() {
      return isClosed;
    }
  };
}

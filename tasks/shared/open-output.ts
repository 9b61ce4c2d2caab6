import type { Output } from './Command';

/** The reader has gone: it closed the pipe, or the terminal was closed. */
const READER_GONE = ['EPIPE', 'EIO', 'ECONNRESET'];

/**
 * A stream whose reader may go at any time: the command then works on to its own end, and to its own exit code.
 *
 * @param onLost called once where output is lost that somebody expects, as on a full disk
 */
export function openOutput(stream: NodeJS.WriteStream, onLost: (error: Error) => void): Output {
  let isClosed = false;
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosed && !READER_GONE.includes(error.code ?? '')) onLost(error);
    isClosed = true;
    close();
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
    },
    closed
  };
}

/** A program and its arguments. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
}

/**
 * What starts a program on a pseudo terminal, and ends with its exit code. `script` of util-linux (Linux) takes a line for the
 * shell, and tells the exit code only with -e; the one of BSD (macOS) takes the program and its arguments, and always tells it.
 */
export function wrapInTerminal({ file, args }: CommandLine): CommandLine {
  if (process.platform !== 'linux') return { file: 'script', args: ['-q', '/dev/null', file, ...args] };
  const line = [file, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  return { file: 'script', args: ['-qec', line, '/dev/null'] };
}

import type { Command, CommandIo, OptionTable } from './Command';
import { SettingsError, UsageError } from './command-errors';
import { formatUsage } from './format-usage';
import { parseArguments } from './parse-arguments';
import { printText } from './print-text';

/** Exit code of a command whose command line or settings are wrong. */
const WRONG_USAGE = 2;
/** Exit code of a command that Ctrl-C has ended, as shells have it. */
const INTERRUPTED = 130;

/**
 * Runs a command: its usage and its errors, Ctrl-C and the exit code are the same for all of them. Never rejects.
 *
 * @param args the command line without the command itself
 * @returns the exit code: that of the command, 1 where it threw, 2 for wrong usage or settings, 130 where it was interrupted
 */
export async function runCommand<O extends OptionTable>(
  command: Command<O>,
  args: readonly string[],
  io: CommandIo
): Promise<number> {
  try {
    const line = parseArguments(command, args, io.environment);
    if (line !== 'help') return await command.run(line, io);
    io.stdout.write(formatUsage(command, io.stdout.columns));
    return 0;
  } catch (error) {
    if (io.signal.aborted) {
      printText(io.stderr, command.interrupted);
      return INTERRUPTED;
    }
    printText(io.stderr, error instanceof Error ? error.message : String(error));
    if (error instanceof UsageError) printText(io.stderr, `All options: ${command.name} -- --help`);
    return error instanceof UsageError || error instanceof SettingsError ? WRONG_USAGE : 1;
  }
}

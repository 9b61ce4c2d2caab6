import { defineCommand } from '../shared/Command';
import type { CommandIo } from '../shared/Command';
import { SettingsError } from '../shared/command-errors';
import { printText } from '../shared/print-text';
import type { TaskRunResult } from '../local/runtime/TaskRun';
import type { WebAnswer } from '../local/runtime/WebRequest';
import { FORMS, OPTIONS, parseTrigger } from './parse-trigger';
import { runTrigger } from './run-trigger';
import { TaskLogPrinter } from './TaskLogPrinter';
import type { TriggerOutcome } from './TriggerOutcome';

/** `npm run task`. */
export const trigger = defineCommand({
  name: 'npm run task',
  operands: 'TRIGGER …',
  about: [
    'Starts a task as the platform would, and waits until everything that it schedules has ended. The log goes to stderr, the result of the run that ended last to stdout.'
  ],
  forms: FORMS,
  options: OPTIONS,
  notes: [
    'Exit codes: 0 the task did what it was asked for, 1 its report or its answer says that it did not, 2 wrong usage or settings, 3 it threw or was killed, 130 stopped by Ctrl-C.'
  ],
  interrupted:
    'Stopped. Users may have been changed, and what was scheduled for later, such as the undo of "unlockAt", does not come. Run the task again to do what is missing.',
  async run(line, io) {
    const request = parseTrigger(line, Date.now());
    const { deployment } = line.options;
    const log = new TaskLogPrinter(io);
    const outcome = await start({ request, ...(deployment !== undefined && { deployment }) }, io, log);
    const last = outcome.finished.at(-1)?.result;
    log.end(last?.status === 'returned' && !io.signal.aborted ? last.result : undefined);
    io.signal.throwIfAborted();
    return outcome.answer === undefined ? printResult(last, io) : printAnswer(outcome.answer, last, io);
  }
});

async function start(
  request: Pick<Parameters<typeof runTrigger>[0], 'request' | 'deployment'>,
  { root, environment, stderr, signal }: CommandIo,
  log: TaskLogPrinter
): Promise<TriggerOutcome> {
  const [onLog, onNotice] = [(line: string) => log.line(line), (line: string) => printText(stderr, line)];
  try {
    return await runTrigger({ ...request, root, environment, signal, onLog, onNotice });
  } catch (error) {
    log.end(undefined);
    // What a task does wrong is in its result; this is about the settings, the build, the platform or the request.
    throw new SettingsError(error instanceof Error ? error.message : String(error));
  }
}

/** Prints the answer of a web task, and the result of what it has scheduled. */
function printAnswer({ status, body }: WebAnswer, last: TaskRunResult | undefined, io: CommandIo): number {
  io.stdout.write(`${status} ${body}\n`);
  const isItsOwn = last?.status === 'returned' && (last.result as WebAnswer | null)?.body === body;
  const exitCode = last === undefined || isItsOwn ? 0 : printResult(last, io);
  return status >= 200 && status < 300 ? exitCode : 1;
}

function printResult(result: TaskRunResult | undefined, { stdout, stderr }: CommandIo): number {
  switch (result?.status) {
    case 'returned': {
      stdout.write(`${JSON.stringify(result.result, null, 2)}\n`);
      const { status } = (result.result ?? {}) as { status?: unknown };
      return [undefined, 'planned', 'done', 'queued'].includes(status as string | undefined) ? 0 : 1;
    }
    case 'threw':
      // An error with a code is a refusal by the task itself. Any other is a bug, and its place helps.
      printText(
        stderr,
        `The task ended with an error.\n${(result.error.code === undefined && result.error.stack) || result.error.message}`
      );
      return 3;
    case 'killed':
      printText(stderr, `The task was killed: ${result.reason}.`);
      return result.reason === 'aborted' ? 130 : 3;
    default:
      printText(stderr, 'Nothing was started.');
      return 1;
  }
}

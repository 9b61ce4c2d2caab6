import { defineCommand } from '../shared/Command';
import type { CommandIo } from '../shared/Command';
import { SettingsError } from '../shared/command-errors';
import { printText } from '../shared/print-text';
import type { TaskRunResult } from '../local/runtime/TaskRun';
import type { WebAnswer } from '../local/runtime/WebRequest';
import { FORMS, OPTIONS, parseTrigger } from './parse-trigger';
import { runTrigger } from './run-trigger';
import type { Trigger } from './run-trigger';
import { TaskLogPrinter } from './TaskLogPrinter';
import type { TriggerOutcome } from './TriggerOutcome';
import { TriggerWatch } from './TriggerWatch';

/** `npm run task`. */
export const trigger = defineCommand({
  name: 'npm run task',
  operands: 'TRIGGER …',
  about: [
    'Starts a task as the platform would, and waits until everything that it schedules has ended. After Ctrl-C the platform of "npm run local" keeps what a task has scheduled for later. The log goes to stderr, the result of the run that ended last to stdout.'
  ],
  forms: FORMS,
  options: OPTIONS,
  notes: [
    'Exit codes: 0 the task did what it was asked for, 1 its report or its answer says that it did not, 2 wrong usage or settings, 3 it threw or was killed, 130 stopped by Ctrl-C.'
  ],
  interrupted: 'Stopped before the task began. Nothing was changed.',
  async run(line, io) {
    const request = parseTrigger(line, Date.now());
    const { deployment } = line.options;
    const log = new TaskLogPrinter(io);
    const watch = new TriggerWatch(deployment, (text) => log.line(text));
    const onState: TriggerWatch['see'] = (state, keepsOrders) => {
      // What is dropped because of Ctrl-C is what it is told of.
      if (!io.signal.aborted) watch.see(state, keepsOrders);
    };
    const outcome = await start({ request, onState, ...(deployment !== undefined && { deployment }) }, io, log);
    const last = outcome.finished.at(-1)?.result;
    log.end(last?.status === 'returned' && !io.signal.aborted ? last.result : undefined);
    if (io.signal.aborted) {
      printText(io.stderr, watch.describeInterrupt());
      return 130;
    }
    return outcome.answer === undefined ? printResult(last, io) : printAnswer(outcome.answer, last, io);
  }
});

async function start(
  request: Pick<Trigger, 'request' | 'deployment' | 'onState'>,
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

import { setTimeout } from 'node:timers/promises';
import type { CommandIo } from '../shared/Command';
import { printText } from '../shared/print-text';
import type { DemoResult } from './DemoResult';
import { findFailedChecks } from './find-failed-checks';
import { formatJson, formatResult } from './format-demo';
import { printStory } from './print-story';
import { runDemo } from './run-demo';
import type { DemoOptions, Listener } from './run-demo';

/** Milliseconds: long enough to see that a chapter has ended, short enough not to wait for the next. */
const PAUSE_MS = 700;

/** How to tell the demo. */
export interface DemoTelling extends Pick<DemoOptions, 'users' | 'run'> {
  /** No pause between the chapters. */
  readonly isFast: boolean;
  /** One JSON document and nothing else. */
  readonly isJson: boolean;
}

/**
 * Runs the demo in the repository of `io`, and prints the story and the result, and what has failed.
 *
 * @throws what `runDemo` throws
 */
export async function tellDemo(telling: DemoTelling, io: CommandIo): Promise<DemoResult> {
  const { isFast, isJson, ...demo } = telling;
  const { root, stdout, stderr, signal } = io;
  const pause = async (): Promise<void> => {
    if (!isFast && !stdout.isClosed) await setTimeout(PAUSE_MS, undefined, { signal });
  };
  const listener = isJson ? SILENCE : printStory(stdout, pause);
  const result = await runDemo({ ...demo, root, listener, signal });
  const failed = findFailedChecks(result);
  if (isJson) {
    stdout.write(`${formatJson(result)}\n`);
  } else {
    await pause();
    stdout.write(`\n${formatResult(result, failed, stdout.columns)}\n\n`);
    printText(
      stdout,
      'Next: README.md says how to put the task into an app; npm run local keeps a backend like this one running.'
    );
  }
  for (const sentence of failed) printText(stderr, `Failed: ${sentence}`);
  return result;
}

const SILENCE: Listener = { chapter: () => Promise.resolve(), line: () => undefined };

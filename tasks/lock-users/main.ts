#!/usr/bin/env node
import { runAsProcess } from '../shared/run-in-process';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import { runProgram } from './program';

runAsProcess(
  (args, io) =>
    runProgram(args, {
      ...io,
      isTerminal: { stdin: process.stdin.isTTY, stdout: process.stdout.isTTY, stderr: process.stderr.isTTY },
      clock: systemClock,
      readInput
    }),
  process.env,
  process.cwd()
);

async function readInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk);
  return text;
}

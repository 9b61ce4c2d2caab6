import { globalAgent } from 'node:http';
import { Runtime } from '../../../tasks/local/runtime/Runtime';
import { startRuntimeServer } from '../../../tasks/local/runtime/start-runtime-server';
import { VirtualClock } from '../../../tasks/shared/VirtualClock';
import { sendTrigger } from '../../../tasks/trigger/send-trigger';
import { RETURNED } from '../../support/QueueBench';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

test('an order for next year is carried out: the connection of the command has no time limit', async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const runtime = new Runtime({
    findTaskFolder: (task) => task,
    readEnvironment: () => ({}),
    backend: { url: 'u', token: 't' },
    clock,
    singleInstance: [],
    signal: abort.signal,
    run: () => Promise.resolve(RETURNED)
  });
  const server = await startRuntimeServer({
    runtime,
    sources: { scheduledParams: () => undefined, deliveriesFor: () => [] },
    hasTask: () => true,
    controlToken: 'c',
    onLog: () => undefined
  });
  const note = { url: '', token: '', pid: 1, runtimeOrigin: server.origin, controlToken: 'c', webSecret: '' };
  const log: string[] = [];
  const atMs = clock.nowMs() + YEAR_MS;
  let tellWaiting = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (tellWaiting = resolve));
  const outcome = sendTrigger(
    note,
    { kind: 'schedule', task: 'a', atMs },
    { onLog: (line) => (log.push(line), tellWaiting()), signal: abort.signal }
  );

  await waiting;
  const timeouts = Object.values(globalAgent.sockets).map((sockets) => sockets?.map(({ timeout }) => timeout ?? 0));
  await clock.advanceTo(atMs);

  expect(await outcome).toEqual({ finished: [{ task: 'a', result: RETURNED }] });
  expect(log).toEqual(['a waits until 2027-01-01T00:00:00Z, for 365 d.']);
  expect(timeouts).toEqual([[0]]);
  await server.close();
});

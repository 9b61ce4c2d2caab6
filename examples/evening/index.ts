// A task of your own that locks everybody now and lets them back in eight hours later. Copy this folder to cloudcode/evening, and start it by a
// schedule. It does what "unlockAt" does, for those who want to add something of their own before or after.

/** Milliseconds until people are let back in. */
const NIGHT_MS = 8 * 60 * 60 * 1000;

/** The part of the platform that is used here ("Trigger CC from another task", docs.journeyapps.com). */
declare const CloudCode: {
  scheduleTask(order: {
    readonly task: string;
    readonly queue: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly at?: Date;
  }): Promise<unknown>;
};

/** Orders both runs. Started twice on one day, it locks once, and the second undo finds nothing to do. */
export async function run(): Promise<string> {
  const now = new Date();
  const runId = `evening-${now.toISOString().slice(0, 10)}`;
  // The way back first: where it cannot be ordered, this throws, and nobody is locked.
  await CloudCode.scheduleTask({
    task: 'lock_users',
    // A queue of its own: whether an order that is far ahead holds back others of its queue is not documented.
    queue: 'lock_users_unlock',
    at: new Date(now.getTime() + NIGHT_MS),
    parameters: { undo: runId, requestedBy: 'evening' }
  });
  await CloudCode.scheduleTask({
    task: 'lock_users',
    queue: 'lock_users',
    parameters: { runId, reason: 'End of the shift', requestedBy: 'evening' }
  });
  return runId;
}

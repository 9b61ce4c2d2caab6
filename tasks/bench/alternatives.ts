import { setTimeout } from 'node:timers/promises';
import { chunk } from 'lodash';
import fetch from 'node-fetch';
import type { RequestInit } from 'node-fetch';
import { countNoun } from '../shared/count-noun';
import type { BenchBackend } from './start-bench-backend';

/**
 * Tries to lock the users, whose ids it is given. Returns how it ended, in a word or two.
 *
 * @throws the signal's reason where it is aborted
 */
export type Alternative = (backend: BenchBackend, signal: AbortSignal) => Promise<string>;

async function post({ url, token }: BenchBackend, userIds: readonly string[], signal: AbortSignal): Promise<number> {
  const operations = userIds.map((id) => ({ method: 'users/lock', user_id: id, wipe: false }));
  const response = await fetch(`${url}/batch.json`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ operations }),
    // The types of Node and node-fetch differ in words only.
    signal: signal as NonNullable<RequestInit['signal']>
  });
  await response.text();
  return response.status;
}

/** The recipe of the forum: all users in one request, and no look at the answer (thread 504). */
export const forumLoop: Alternative = async (backend, signal) => {
  const status = await post(backend, backend.userIds, signal);
  return `one request, answered ${status}`;
};

/** What the vendor's library does with its own batches: 1000 at a time, one retry after a second, then an error. */
export const sequentialLoop: Alternative = async (backend, signal) => {
  for (const userIds of chunk(backend.userIds, 1000)) {
    if ((await post(backend, userIds, signal)) === 200) continue;
    await setTimeout(1000, undefined, { signal });
    const status = await post(backend, userIds, signal);
    if (status !== 200) return `stopped with an error (${status})`;
  }
  return 'ended';
};

/** All batches at once, each with the default settings of p-retry: 10 retries, 1 s doubling, no jitter. */
export const promiseAll: Alternative = async (backend, signal) => {
  const { default: retry } = await import('p-retry');
  const attempt = async (userIds: readonly string[]): Promise<void> => {
    const status = await post(backend, userIds, signal);
    if (status !== 200) throw new Error(String(status));
  };
  const results = await Promise.allSettled(
    chunk(backend.userIds, 1000).map((userIds) => retry(() => attempt(userIds), { signal }))
  );
  signal.throwIfAborted();
  const rejected = results.filter(({ status }) => status === 'rejected').length;
  return rejected === 0 ? 'ended' : `gave ${countNoun(rejected, 'batch', 'batches')} up`;
};

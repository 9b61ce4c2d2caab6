import { chunk } from 'lodash';
import fetch from 'node-fetch';
import type { BenchBackend } from './start-bench-backend';

/** Tries to lock the users; returns how it ended, in a word or two. It is spared finding out who they are. */
export type Alternative = (backend: BenchBackend) => Promise<string>;

async function post({ url, token }: BenchBackend, userIds: readonly string[]): Promise<number> {
  const operations = userIds.map((id) => ({ method: 'users/lock', user_id: id, wipe: false }));
  const response = await fetch(`${url}/batch.json`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ operations })
  });
  await response.text();
  return response.status;
}

/** The recipe of the forum: all users in one request, and no look at the answer (thread 504). */
export const forumLoop: Alternative = async (backend) => {
  const status = await post(backend, backend.userIds);
  return `one request, answered ${status}`;
};

/** What the vendor's library does with its own batches: 1000 at a time, one retry after a second, then an error. */
export const sequentialLoop: Alternative = async (backend) => {
  for (const userIds of chunk(backend.userIds, 1000)) {
    if ((await post(backend, userIds)) === 200) continue;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const status = await post(backend, userIds);
    if (status !== 200) return `stopped with an error (${status})`;
  }
  return 'ended';
};

/** All batches at once, each with the default settings of p-retry: 10 retries, 1 s doubling, no jitter. */
export const promiseAll: Alternative = async (backend) => {
  const { default: retry } = await import('p-retry');
  const attempt = async (userIds: readonly string[]): Promise<void> => {
    const status = await post(backend, userIds);
    if (status !== 200) throw new Error(String(status));
  };
  const results = await Promise.allSettled(
    chunk(backend.userIds, 1000).map((userIds) => retry(() => attempt(userIds)))
  );
  const given = results.filter(({ status }) => status === 'rejected').length;
  return given === 0 ? 'ended' : `gave ${given} batches up`;
};

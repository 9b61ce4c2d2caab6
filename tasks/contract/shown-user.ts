import type { ContractAnswer } from './ContractClient';

/** A session as the users API shows it. */
export interface ShownSession {
  readonly id: string;
  readonly state: string;
  readonly signedOutAt: string | null;
}

/** A user as the users API shows it. */
export interface ShownUser {
  readonly id: string;
  readonly locked: boolean;
  readonly enrolled: unknown;
  /** Undefined: the answer has none. */
  readonly sessions: readonly ShownSession[] | undefined;
}

/** The user of an answer. @throws Error where it shows none */
export function readUser({ status, json }: ContractAnswer): ShownUser {
  const user = readUserObject(json);
  if (status === 200 && user !== undefined) return user;
  throw new Error(`The user could not be read: ${describeAnswer({ status, json })}.`);
}

/** A user that a list or an answer shows; undefined where it has no id or does not say whether it is locked. */
export function readUserObject(value: unknown): ShownUser | undefined {
  const { id, locked, enrolled, sessions } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof locked !== 'boolean') return undefined;
  return { id, locked, enrolled, sessions: Array.isArray(sessions) ? sessions.map(readSession) : undefined };
}

function readSession(value: unknown): ShownSession {
  const { id, state, signed_out_at: signedOutAt } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return { id: String(id), state: String(state), signedOutAt: typeof signedOutAt === 'string' ? signedOutAt : null };
}

/** An answer in a few words: `404 ROUTE_ERROR`. */
export function describeAnswer({ status, json }: Pick<ContractAnswer, 'status' | 'json'>): string {
  const type = readType(json);
  return type === undefined ? String(status) : `${status} ${type}`;
}

/** The `type` of an error, where it looks like one of the API: it is printed. */
export function readType(error: unknown): string | undefined {
  const { type } = (error ?? {}) as { readonly type?: unknown };
  return typeof type === 'string' && /^[A-Z_]{1,60}$/.test(type) ? type : undefined;
}

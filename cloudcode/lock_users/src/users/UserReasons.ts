import type { Reason } from './UserState';

/** Reasons that are kept word for word. Ours: with a million users in memory, 10 000 details take 10 MB. */
const MAX_DISTINCT_REASONS = 10_000;

const DETAIL_NOT_KEPT = `Its detail is not kept, because more than ${MAX_DISTINCT_REASONS} differ.`;

const FIRST_CAPACITY = 1024;

/**
 * Why users are not in the goal state. Users have numbers here. Equal reasons are kept once, and of more than 10 000 that
 * differ only the types, so that a million failures fit.
 */
export class UserReasons {
  private readonly reasons: Reason[] = [];
  private readonly numbers = new Map<string, number>();
  /** For each user one more than the number of the reason; 0: none. */
  private ofUsers = new Uint32Array(FIRST_CAPACITY);

  get(user: number): Reason | undefined {
    return this.reasons[(this.ofUsers[user] ?? 0) - 1];
  }

  set(user: number, reason: Reason): void {
    if (this.get(user) === reason) return;
    if (user >= this.ofUsers.length) this.grow(user);
    this.ofUsers[user] = this.find(reason) + 1;
  }

  delete(user: number): void {
    if (user < this.ofUsers.length) this.ofUsers[user] = 0;
  }

  private find(reason: Reason): number {
    // No type has a line break in it: those of the platform are escaped.
    const known = this.numbers.get(`${reason.type}\n${reason.detail}`);
    if (known !== undefined) return known;
    if (this.reasons.length < MAX_DISTINCT_REASONS) return this.add(reason);
    const short = { type: reason.type, detail: DETAIL_NOT_KEPT };
    return this.numbers.get(`${short.type}\n${short.detail}`) ?? this.add(short);
  }

  private add({ type, detail }: Reason): number {
    const number = this.reasons.push({ type: copy(type), detail: copy(detail) }) - 1;
    this.numbers.set(copy(`${type}\n${detail}`), number);
    return number;
  }

  private grow(user: number): void {
    const old = this.ofUsers;
    this.ofUsers = new Uint32Array(Math.max(old.length * 2, user + 1));
    this.ofUsers.set(old);
  }
}

/** The same text, without the longer one that it may be a part of and that would stay in memory with it. */
function copy(text: string): string {
  return Array.from(text).join('');
}

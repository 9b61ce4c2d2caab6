import { ACTION_WORDS } from '../../cloudcode/lock_users/src/core/action-words';
import type { Report } from '../../cloudcode/lock_users/src/core/build-report';
import type { UserRecord } from '../local/backend/state/Session';
import type { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './make-scenario';
import type { Expectation } from './Expectation';

/** What of a user only some actions may change. */
interface Before {
  readonly locked: boolean;
  readonly sessions: string;
}

/** Compares what a run says with what is so, and what was changed with what was to be. */
export class Oracle {
  readonly problems: string[] = [];
  private readonly before: Map<string, Before>;
  private readonly eligible: Set<string>;
  /** Whom somebody else has changed since, so that the records of the run are out of date. */
  private readonly changedSince = new Set<string>();

  /** Remembers how everybody is now, before the run. */
  constructor(
    private readonly platform: ChaosPlatform,
    private readonly scenario: Scenario,
    private readonly target: Expectation
  ) {
    this.eligible = new Set(target.eligible);
    this.before = new Map(platform.userIds.map((id) => [id, picture(platform.user(id))]));
  }

  /** Somebody else has changed these users, and from now on they are to stay as they are. */
  leaveAlone(ids: readonly string[]): void {
    for (const id of ids) {
      this.eligible.delete(id);
      this.changedSince.add(id);
      this.before.set(id, picture(this.platform.user(id)));
    }
  }

  /** The reports of a run that has ended just now. */
  report(reports: readonly Report[]): void {
    const { problems, platform, target } = this;
    const last = reports.at(-1);
    if (last === undefined) return void problems.push('There is no report.');
    for (const { stopReason } of reports) {
      if (stopReason?.code === 'INVARIANT') problems.push(`A bug shows: ${stopReason.message}`);
    }
    const { done, participle } = ACTION_WORDS[target.action];
    const failures = new Map(last.failures.map(({ userId, outcome }) => [userId, outcome]));
    const away = this.listAway();
    const { counts } = last;
    if (last.verified || !this.mayBeMisled()) {
      const missing = (counts[done] ?? 0) + (last.earlier?.[done] ?? 0) - (this.eligible.size - away.length);
      if (missing > 0) problems.push(`${missing} users more count as ${participle} than are.`);
      // Who was not read is in no count.
      const accounted = counts.selected === target.selected && counts.notAttempted === 0;
      const falsely = accounted ? away.filter((id) => !failures.has(id)) : [];
      if (falsely.length > 0) problems.push(`${falsely.length} users count as ${participle} and are not.`);
    }
    // A request that took longer than its client waited may be carried out after the last look.
    if (last.verified && !this.hasFault('delay')) {
      const falsely = [...failures].filter(([id, outcome]) => outcome === 'failed' && this.isThere(id));
      if (falsely.length > 0) problems.push(`${falsely.length} users count as failed and are ${participle}.`);
    }
    if (last.status === 'done' && last.verified && away.length > 0) {
      problems.push(`The run is done, and ${away.length} users are not ${participle}.`);
    }
    // Nor does a run put out twice whoever it has put out and who has signed in since; only such a late request does.
    const putOut = [...target.returned].filter((id) => !platform.user(id).sessions.some(isIn));
    if (putOut.length > 0 && !this.hasFault('delay')) {
      problems.push(`${putOut.length} users were signed out a second time by the same run.`);
    }
    this.always();
  }

  /** Whom the records say to be where the run wants them is there, whenever one looks. */
  records(): void {
    const { problems, platform, target } = this;
    const { participle } = ACTION_WORDS[target.action];
    for (const { action, done, userIds, notDone } of platform.recordedBatches()) {
      // The users of the run that is undone were locked and are not any more.
      if (action !== target.action) continue;
      const others = new Set(notDone.map(({ userId }) => userId));
      const recorded = userIds.filter((id) => !others.has(id));
      if (recorded.length !== done) problems.push(`A batch's record says ${done}, and names ${recorded.length}.`);
      const falsely = recorded.filter((id) => !this.changedSince.has(id) && !this.isThere(id));
      if (falsely.length > 0 && !this.mayBeMisled()) {
        problems.push(`${falsely.length} users are recorded as ${participle} and are not.`);
      }
    }
  }

  /** The reports of a run on which nothing went wrong. */
  ending(reports: readonly Report[]): void {
    const { problems, platform, scenario, target } = this;
    const { done, participle } = ACTION_WORDS[target.action];
    const last = reports.at(-1);
    if (last?.status !== 'done') problems.push(`Without faults the run ended ${last?.status}: ${JSON.stringify(last)}`);
    const away = this.listAway();
    if (away.length > 0) problems.push(`${away.length} users are not ${participle} in the end.`);
    if (last !== undefined && scenario.records) {
      const recorded = platform.recordedRun(last.runId);
      const said = `${String(recorded?.get('status'))}, ${String(recorded?.get(done))} ${participle}`;
      const count = (last.counts[done] ?? 0) + (last.earlier?.[done] ?? 0);
      if (said !== `done, ${count} ${participle}`)
        problems.push(`The record of the last run says: ${said}; it was ${count}.`);
    }
    this.always();
  }

  private always(): void {
    const { problems, platform } = this;
    const changed = platform.userIds.filter((id) => !this.isAsBefore(id));
    if (changed.length > 0) problems.push(`${changed.length} users were changed in what was to be left alone.`);
    this.records();
    const { resetSessions } = platform.emulator.summarize();
    if (resetSessions > 0) problems.push(`${resetSessions} devices were wiped.`);
    for (const { kind, detail } of platform.emulator.violations()) problems.push(`${kind}: ${detail}`);
  }

  /** Whether nothing of the user was changed but what the run is to change. */
  private isAsBefore(id: string): boolean {
    const [before, now] = [this.before.get(id), picture(this.platform.user(id))];
    const isEligible = this.eligible.has(id);
    const { action } = this.target;
    const mayLock = isEligible && action !== 'reauthenticate';
    // Unlocking signs nobody in and nobody out.
    const mayTouchSessions = isEligible && action !== 'unlock';
    return (mayLock || before?.locked === now.locked) && (mayTouchSessions || before?.sessions === now.sessions);
  }

  private isThere(id: string): boolean {
    return this.target.isThere(this.platform.user(id));
  }

  private listAway(): string[] {
    return [...this.eligible].filter((id) => !this.isThere(id));
  }

  /** An answer in the wrong order about operations of which some failed misleads whoever does not look again. */
  private mayBeMisled(): boolean {
    return this.hasFault('reorder') && this.hasFault('fail-operations') && this.target.action === 'lock';
  }

  private hasFault(kind: string): boolean {
    return this.scenario.faults.some((fault) => fault.kind === kind);
  }
}

function picture({ locked, sessions }: UserRecord): Before {
  return { locked, sessions: sessions.map(({ id, state, signedOutAt }) => `${id} ${state} ${signedOutAt}`).join() };
}

function isIn({ state }: { readonly state: string }): boolean {
  return state === 'ENROLLED';
}

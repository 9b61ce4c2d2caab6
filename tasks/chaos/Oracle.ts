import { findRecordedRun, listRecordedBatches } from './recorded-runs';
import { ACTION_LABELS } from '../../cloudcode/lock_users/src/actions/ActionLabels';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { UserRecord } from '../local/backend/state/Session';
import type { ChaosPlatform } from './ChaosPlatform';
import { checkEvidence, isUnnameable } from './check-evidence';
import { hasWrongClocks, maySendLocked } from './undo-run';
import type { Expectation } from './Expectation';
import type { Scenario } from './Scenario';

/** The part of a user that only some actions may change. */
interface Before {
  readonly locked: boolean;
  readonly sessions: string;
}

/** Warnings which say that a run may not have read everybody. */
const MAY_HAVE_MISSED: readonly string[] = ['SELECTION_UNSTABLE', 'MALFORMED_USERS'];

/** Checks that a run's reports and records are true, and that it changed nothing but what it should change. */
export class Oracle {
  readonly problems: string[] = [];
  private readonly before: Map<string, Before>;
  private readonly eligible: Set<string>;
  /** Users that somebody else has changed since, so that the records of the run are out of date. */
  private readonly changedSince = new Set<string>();

  /** Remembers the users as they are now, before the run. */
  constructor(
    private readonly platform: ChaosPlatform,
    private readonly scenario: Scenario,
    private readonly expectation: Expectation
  ) {
    this.eligible = new Set(expectation.eligible);
    this.before = new Map(platform.userIds.map((id) => [id, picture(platform.user(id))]));
  }

  /** Somebody else has changed these users. From now on the run must leave them as they are. */
  exclude(ids: readonly string[]): void {
    for (const id of ids) {
      this.eligible.delete(id);
      this.changedSince.add(id);
      this.before.set(id, picture(this.platform.user(id)));
    }
  }

  /** Checks the reports of a run that has just ended. */
  checkReports(reports: readonly Report[]): void {
    const { problems, platform, expectation } = this;
    const last = reports.at(-1);
    if (last === undefined) return void problems.push('There is no report.');
    for (const { stopReason } of reports) {
      if (stopReason?.code === 'INVARIANT') problems.push(`A bug shows: ${stopReason.message}`);
    }
    const { done, participle } = ACTION_LABELS[expectation.action];
    const failures = new Map(last.failures.map(({ userId, outcome }) => [userId, outcome]));
    const isMisdated = expectation.action === 'reauthenticate' && hasWrongClocks(this.scenario);
    const unreached = isMisdated ? [] : this.listUnreached();
    const { counts } = last;
    if (last.verified || !this.mayBeMisled()) {
      const missing =
        (counts[done] ?? 0) +
        (last.earlier?.[done] ?? 0) -
        (this.eligible.size - unreached.length) -
        // Without a record a run counts whoever has come to the goal state since, newcomers among them.
        (this.scenario.records ? this.listCreated() : this.listNewcomers()).length -
        this.countUnseen();
      // Without a record nobody knows any more whom an earlier invocation was answered for.
      const mayHaveMissed = last.warnings?.some(({ code }) => MAY_HAVE_MISSED.includes(code)) === true;
      const isShownLate = reports.length > 1 && this.hasFault('read-lag');
      const mayCountTwice =
        (!this.scenario.records && (mayHaveMissed || isShownLate)) || maySendLocked(platform, this.scenario);
      if (missing > 0 && !mayCountTwice) problems.push(`The report counts ${missing} users too many as ${participle}.`);
      // A user that was not read is in no count.
      const isSame = !platform.emulator.changesByOthers().some(({ change }) => change !== 'lock');
      const accounted = isSame && counts.selected === expectation.selected && counts.notAttempted === 0;
      const falsely = accounted ? unreached.filter((id) => !failures.has(id) && !isUnnameable(platform, last, id)) : [];
      if (falsely.length > 0) problems.push(`${falsely.length} users count as ${participle} but are not.`);
    }
    // A request that took longer than its client waited may be carried out after the run has looked for the last time.
    if (last.verified && !this.hasFault('delay') && !this.scenario.evidence) {
      const falsely = [...failures].filter(([id, outcome]) => outcome === 'failed' && this.isInGoalState(id));
      if (falsely.length > 0) problems.push(`${falsely.length} users count as failed but are ${participle}.`);
    }
    if (last.status === 'done' && last.verified && unreached.some((id) => !isUnnameable(platform, last, id))) {
      problems.push(`The run is done, but ${unreached.length} users are not ${participle}.`);
    }
    // A run signs a user out once: whoever signs in again afterwards stays in. Only a delayed request breaks this, or an old
    // answer of the users API where there is no record, which would know better.
    const isOldShown = this.hasFault('cache') || this.hasFault('read-lag');
    const isRecorded = this.scenario.records && !platform.isRecordIncomplete;
    const mayNotKnow = this.hasFault('delay') || (isOldShown && !isRecorded);
    const isOut = (id: string): boolean => platform.isThere(id) && !platform.user(id).sessions.some(isIn);
    const signedOutTwice = [...expectation.returned].filter(isOut);
    if (signedOutTwice.length > 0 && !mayNotKnow) {
      problems.push(`${signedOutTwice.length} users were signed out twice by the same run.`);
    }
    if (this.scenario.evidence) {
      const isInGoalState = (id: string): boolean => platform.isThere(id) && this.isInGoalState(id);
      const mayBeMisled = this.mayBeMisled();
      problems.push(...checkEvidence({ platform, expectation, last, unreached, isInGoalState, mayBeMisled }));
    }
    this.checkInvariants();
  }

  /** Checks that every user that the records call done is in the goal state. This must hold at any time. */
  checkRecords(): void {
    const { problems, platform, expectation } = this;
    const { participle } = ACTION_LABELS[expectation.action];
    for (const { action, done, userIds, notDone } of listRecordedBatches(platform.emulator)) {
      // The run that is undone locked its users; they are unlocked by now.
      if (action !== expectation.action) continue;
      const others = new Set(notDone.map(({ userId }) => userId));
      const recorded = userIds.filter((id) => !others.has(id));
      if (recorded.length !== done) problems.push(`The record of a batch says ${done}, but names ${recorded.length}.`);
      const falsely = recorded.filter((id) => !this.changedSince.has(id) && !this.isInGoalState(id));
      if (falsely.length > 0 && !this.mayBeMisled()) {
        problems.push(`${falsely.length} users are recorded as ${participle} but are not.`);
      }
    }
  }

  /** Checks the last run, during which nothing went wrong. */
  checkLastRun(reports: readonly Report[]): void {
    const { problems, platform, scenario, expectation } = this;
    const { done, participle } = ACTION_LABELS[expectation.action];
    const last = reports.at(-1);
    if (scenario.switches.usersApi === 'absent') {
      const code = last?.stopReason?.code;
      if (code !== 'NO_USERS_API') problems.push(`Without a users API the run ended ${last?.status}, ${code}.`);
      return this.checkInvariants();
    }
    if (last?.status !== 'done') problems.push(`Without faults the run ended ${last?.status}: ${JSON.stringify(last)}`);
    for (const id of this.listCreated()) this.eligible.add(id);
    const unreached = this.listUnreached();
    if (unreached.length > 0) problems.push(`${unreached.length} users are not ${participle} in the end.`);
    if (last !== undefined && scenario.records) {
      const recorded = findRecordedRun(platform.emulator, last.runId);
      const said = `${String(recorded?.get('status'))}, ${String(recorded?.get(done))} ${participle}`;
      const count = (last.counts[done] ?? 0) + (last.earlier?.[done] ?? 0);
      if (said !== `done, ${count} ${participle}`)
        problems.push(`The record of the last run says: ${said}; it was ${count}.`);
    }
    this.checkInvariants();
  }

  private checkInvariants(): void {
    const { problems, platform } = this;
    problems.push(...platform.timeProblems.splice(0));
    const changed = platform.userIds.filter((id) => platform.isThere(id) && !this.isAsBefore(id));
    if (changed.length > 0)
      problems.push(`${changed.length} users were changed in a way that the run must not change them.`);
    this.checkRecords();
    // The platform wipes the devices of a user whom somebody deletes; those are not counted here.
    const { RESET } = platform.emulator.summarize().sessions;
    if (RESET > 0) problems.push(`${RESET} devices were wiped.`);
    for (const { kind, detail } of platform.emulator.violations()) {
      if (!this.isUnforeseen(detail)) problems.push(`${kind}: ${detail}`);
    }
  }

  /** Whether an invocation came early that the one before took for not ordered, and which went on making requests, as for names. */
  private isUnforeseen(detail: string): boolean {
    return this.scenario.time?.order === 'taken silently' && detail.startsWith('GET info.json came');
  }

  /** Whether nothing of the user was changed but what the run may change. */
  private isAsBefore(id: string): boolean {
    const [before, now] = [this.before.get(id), picture(this.platform.user(id))];
    const isEligible = this.eligible.has(id);
    const { action } = this.expectation;
    const mayLock = isEligible && action !== 'reauthenticate';
    // Unlocking does not sign anybody in or out.
    const mayTouchSessions = isEligible && action !== 'unlock';
    return (mayLock || before?.locked === now.locked) && (mayTouchSessions || before?.sessions === now.sessions);
  }

  /** Whether a user is in the goal state. Who is no longer there needs nothing. */
  private isInGoalState(id: string): boolean {
    return !this.platform.isThere(id) || this.expectation.isInGoalState(this.platform.user(id));
  }

  /** Users whom somebody created while the run read: one that locks everybody may lock them, and the next one has to. */
  private listCreated(): readonly string[] {
    return this.expectation.action === 'lock' ? this.listNewcomers() : [];
  }

  private listNewcomers(): readonly string[] {
    return this.platform.emulator
      .changesByOthers()
      .flatMap(({ userId, change }) => (change === 'create' ? userId : []));
  }

  /** Users that were in the goal state before, which nothing showed, so that an answer of success counts. */
  private countUnseen(): number {
    const { platform, eligible } = this;
    return platform.userIds.filter((id) => platform.hidesLock(id) && !eligible.has(id) && this.isInGoalState(id))
      .length;
  }

  private listUnreached(): string[] {
    return [...this.eligible].filter((id) => !this.isInGoalState(id));
  }

  /** Results in the wrong order, some of them failures, mislead a client that does not look at the users again. */
  private mayBeMisled(): boolean {
    const { action } = this.expectation;
    const sendsBatches = action === 'lock' || (action === 'unlock' && this.scenario.triesBatchUnlock);
    return this.hasFault('reorder') && this.hasFault('fail-operations') && sendsBatches;
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

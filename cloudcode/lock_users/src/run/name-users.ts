import { isObjectId } from '../input/user-ids';
import type { Report, Warning, WarningCode } from '../report/Report';
import type { RunContext } from './RunContext';

/** Users whose display texts are read, with one request. Ours: nobody reads more than that. */
const MAX_NAMED = 100;

/** Milliseconds that it may take. Ours: the result does not wait for it. */
const TIMEOUT_MS = 5000;

const IDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Warnings about ids that are not users of the app, or not in its database. */
const NAMELESS: readonly WarningCode[] = ['UNKNOWN_IDS', 'NOT_IN_DATABASE'];

/**
 * The report with the display text beside the id of the first 100 users whom it names. Nothing is read where it names nobody, where the
 * run goes on, or where the platform has asked to wait. Where the texts cannot be read, the report stays as it is. Never throws.
 */
export async function nameUsers({ ports, sender, settings }: RunContext, report: Report): Promise<Report> {
  const { warnings = [], failures, stillLocked, resetSessions, whoIsOut } = report;
  const ids = [
    ...(resetSessions?.userIds ?? []),
    ...failures.map(({ userId }) => userId),
    ...(stillLocked?.users ?? []).map(({ userId }) => userId),
    ...warnings.flatMap(listIds),
    ...(whoIsOut?.users ?? []).map(({ userId }) => userId)
  ];
  const wanted = [...new Set(ids)].filter(isObjectId).slice(0, MAX_NAMED);
  const leftMs = Math.min(TIMEOUT_MS, Math.floor(sender.timer.endLeftMs));
  if (wanted.length === 0 || report.status === 'continues' || leftMs < 1 || sender.pauseLeftMs > 0) return report;
  let names: ReadonlyMap<string, string>;
  try {
    names = await ports.backend.readNames(settings.userModel, wanted, leftMs);
  } catch {
    return report;
  }
  const isWanted = new Set(wanted);
  const nameOf = (userId: string): { name?: string } => {
    const name = isWanted.has(userId) ? names.get(userId) : undefined;
    return name === undefined ? {} : { name };
  };
  const namesOf = (userIds: readonly string[]): { names?: Record<string, string> } => {
    const found = userIds.flatMap((id) => Object.values(nameOf(id)).map((name): [string, string] => [id, name]));
    return found.length === 0 ? {} : { names: Object.fromEntries(found) };
  };
  return {
    ...report,
    failures: failures.map((user) => ({ ...user, ...nameOf(user.userId) })),
    ...(stillLocked && {
      stillLocked: { ...stillLocked, users: stillLocked.users.map((user) => ({ ...user, ...nameOf(user.userId) })) }
    }),
    ...(whoIsOut && {
      whoIsOut: { ...whoIsOut, users: whoIsOut.users.map((user) => ({ ...user, ...nameOf(user.userId) })) }
    }),
    ...(resetSessions && { resetSessions: { ...resetSessions, ...namesOf(resetSessions.userIds) } }),
    ...(warnings.length > 0 && {
      warnings: warnings.map((warning) => ({ ...warning, ...namesOf(listIds(warning)) }))
    })
  };
}

/** Ids of the users whom a warning names. */
function listIds({ code, message }: Warning): string[] {
  return NAMELESS.includes(code) ? [] : (message.match(IDS) ?? []);
}

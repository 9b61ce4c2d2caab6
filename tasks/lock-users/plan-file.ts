import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UsageError } from '../shared/command-errors';
import { replaceFile } from '../shared/replace-file';

/** A plan that was kept: whom an apply of it may lock. */
interface PlanFile {
  readonly format: 'lock-users plan 1';
  readonly backendId: string;
  readonly label: string | null;
  readonly environment: string | null;
  /** When it was made (ISO 8601). */
  readonly madeAt: string;
  readonly onlyEnrolled: boolean;
  readonly reason: string | null;
  /** How many would be locked: as many as `userIds`. */
  readonly count: number;
  readonly userIds: readonly string[];
}

/** Writes the plan with a digest over it. @throws UsageError where it cannot be written */
export function writePlanFile(path: string, plan: PlanFile): void {
  try {
    replaceFile(path, `${JSON.stringify({ ...plan, digest: digestOf(plan) }, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`--out ${path} cannot be written: ${(error as Error).message}.`);
  }
}

/**
 * Reads a plan.
 *
 * @param backendId the deployment that it is to be applied to
 * @throws UsageError where it is no plan, was changed since, or is of another deployment
 */
export function readPlanFile(path: string, backendId: string): PlanFile {
  const { digest, ...plan } = parse(path);
  if (plan.format !== 'lock-users plan 1' || !Array.isArray(plan.userIds)) {
    throw new UsageError(`${path} is not a plan of this version. Make one: lock-users plan --out ${path}`);
  }
  if (digest !== digestOf(plan)) {
    throw new UsageError(`${path} was changed since it was made, so it is not what was shown. Make the plan again.`);
  }
  if (plan.backendId !== backendId) {
    throw new UsageError(
      `${path} is the plan of another deployment (${plan.label ?? plan.backendId}, ${plan.environment ?? 'no environment'}).`
    );
  }
  return plan;
}

function parse(path: string): PlanFile & { readonly digest?: unknown } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PlanFile;
  } catch (error) {
    throw new UsageError(`${path} cannot be read as a plan: ${(error as Error).message}.`);
  }
}

function digestOf(plan: PlanFile): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

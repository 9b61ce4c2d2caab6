import isPlainObject from 'lodash/isPlainObject';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that are shown of each entry of a list. */
const SHOWN = {
  failures: ['userId', 'outcome', 'type', 'detail'],
  warnings: ['code', 'message']
} as const;

/**
 * The report that a record holds; undefined where it is none. Whoever may write the record may write anything there, so that what is read of
 * it is looked at.
 */
export function parseReport(text: string | null): Report | undefined {
  let report: unknown;
  try {
    report = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  return isReport(report) ? report : undefined;
}

function isReport(report: unknown): report is Report {
  if (!isPlainObject(report)) return false;
  const { failures, warnings = [], stopReason = { code: '', message: '' } } = report as Fields;
  return (
    isListOf(failures, SHOWN.failures) && isListOf(warnings, SHOWN.warnings) && hasTexts(stopReason, SHOWN.warnings)
  );
}

function isListOf(value: unknown, names: readonly string[]): boolean {
  return Array.isArray(value) && value.every((entry) => hasTexts(entry, names));
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isPlainObject(value) && names.every((name) => typeof (value as Fields)[name] === 'string');
}

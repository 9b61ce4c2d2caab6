import type { Report } from '../../cloudcode/lock_users/src/report/Report';

/** Line breaks, control and terminal codes, bidirectional and zero-width characters, and halves of characters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const MAX_LINE_BYTES = 2000;
const MAX_REPORT_BYTES = 1_000_000;

/** What in the log or in a report does harm where it is printed, or is too long; the line that holds a report is one of its own. */
export function checkOutput(log: readonly string[], reports: readonly Report[]): string[] {
  const lines = log.filter((line) => !line.startsWith('{"version"'));
  const unsafe = [...log, ...reports.map((report) => JSON.stringify(report))].find((text) => UNSAFE.test(text));
  const long = lines.find((line) => Buffer.byteLength(line) > MAX_LINE_BYTES);
  const large = reports.filter((report) => Buffer.byteLength(JSON.stringify(report)) > MAX_REPORT_BYTES);
  return [
    ...(unsafe === undefined ? [] : [`A line holds characters that do harm: ${JSON.stringify(unsafe.slice(0, 200))}`]),
    ...(long === undefined ? [] : [`A line has ${Buffer.byteLength(long)} bytes: ${long.slice(0, 100)}`]),
    ...(large.length === 0 ? [] : [`${large.length} reports have more than 1 MB.`])
  ];
}

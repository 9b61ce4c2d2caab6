import { isRecord } from './ApiCall';

/** The operations that the body of a batch holds; none where it is no batch. */
export function readOperations(body: string): readonly unknown[] {
  try {
    const parsed = JSON.parse(body) as unknown;
    return isRecord(parsed) && Array.isArray(parsed['operations']) ? (parsed['operations'] as unknown[]) : [];
  } catch {
    return [];
  }
}

import { invalidRequest } from '../http/ApiError';

/**
 * A number of the query, or undefined where it is missing or empty, which mean the same (seen in the vendor's library).
 *
 * @throws ApiError `INVALID_API_REQUEST`
 */
export function readCount(value: unknown, name: string): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (!/^\d{1,9}$/.test(String(value))) throw invalidRequest(`'${name}' must be a non-negative integer.`);
  return Number(value);
}

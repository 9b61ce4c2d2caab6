/** Documented: parameters are JSON of at most 5 MB (CloudCode overview). */
const MAX_PARAMETER_BYTES = 5 * 1024 * 1024;

/**
 * Parameters of a task as JSON.
 *
 * @throws Error where they are not JSON, or are more than 5 MB of it
 */
export function serializeParameters(params: unknown): string {
  const json = JSON.stringify(params) as string | undefined;
  if (json === undefined) throw new TypeError(`The parameters are a ${typeof params}, which is not JSON.`);
  if (Buffer.byteLength(json) > MAX_PARAMETER_BYTES) {
    throw new Error('The parameters are more than 5 MB of JSON, the most that the platform takes.');
  }
  return json;
}

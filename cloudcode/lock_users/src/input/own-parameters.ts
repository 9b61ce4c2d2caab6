/** Parameters that whoever requests a run has no say in. */
const OWN_PARAMETERS: readonly string[] = ['runId', 'continuation', 'notBefore'];

/** A sentence about the first parameter that only the task itself sets, or undefined where there is none. */
export function findOwnParameter(rawParameters: object): string | undefined {
  const own = Object.keys(rawParameters).find((name) => OWN_PARAMETERS.includes(name));
  return own === undefined ? undefined : `"${own}" is set by the task itself. Leave it out.`;
}

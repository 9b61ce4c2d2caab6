import isPlainObject = require('lodash/isPlainObject');
import { toErrorDetails } from '../errors';
import type { Check } from './Check';
import { findOwnParameter } from './own-parameters';
import { parseParameters } from './parse-parameters';
import type { Parameters } from './parameters';

/** Checks the parameters of a run that is started without any: a JSON object, each as in a trigger. */
export const checkDefaults: Check<Parameters> = (value, name) => {
  let rawParameters: unknown;
  try {
    rawParameters = JSON.parse(String(value)) as unknown;
  } catch {
    return { mistakes: [`${name} is not valid JSON.`] };
  }
  if (!isPlainObject(rawParameters)) return { mistakes: [`${name} must be a JSON object such as {"maxUsers": 300}.`] };
  const own = findOwnParameter(rawParameters as object);
  if (own !== undefined) return { mistakes: [`${name}: ${own}`] };
  try {
    return { value: parseParameters(rawParameters) };
  } catch (error) {
    return { mistakes: [`${name}: ${toErrorDetails(error).message}`] };
  }
};

/** The parameters of a run: those that it was started with or, where it was started without any, those of the deployment. */
export function chooseParameters(asked: Parameters, defaults: Parameters | undefined): Parameters {
  if (Object.keys(asked.rawParameters).length > 0 || defaults === undefined) return asked;
  return { ...defaults, areDefaults: true };
}

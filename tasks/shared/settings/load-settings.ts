import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { ErrorObject } from 'ajv';
import { findNearestName } from '../../../cloudcode/lock_users/src/input/did-you-mean';
import { findNameMistake } from '../../../cloudcode/lock_users/src/input/variable-names';
import { VARIABLES } from '../../../cloudcode/lock_users/src/input/variables';
import { nextTimes } from '../../local/runtime/Schedules';
import schema from '../../../journeyrc.schema.json';
import { locateJsonError } from './locate-json-error';
import { isRemote } from './Settings';
import type { LocalDeployment, RemoteDeployment, Schedule, Settings } from './Settings';

/** Compiles the schema once, when it is first needed. A test checks that it is a schema, which takes as long as compiling it. */
const ajv = new Ajv({ allErrors: true, verbose: true, validateSchema: false });

/**
 * Reads `.journeyrc` in `root` and checks it against its JSON schema.
 *
 * @throws Error with one line for each mistake; a value is never repeated, because somebody may have put a token there
 */
export function loadSettings(root: string): Settings {
  const path = join(root, '.journeyrc');
  if (!existsSync(path))
    throw new Error(`There is no .journeyrc in ${root}. docs/command-line.md has one to start from.`);
  const settings = parseJson(readFileSync(path, 'utf8')) as Settings;
  const validate = ajv.compile(schema);
  validate(settings);
  // "if" repeats the mistakes of its branch, and what is wrong with a name comes once more as "propertyNames".
  const errors = (validate.errors ?? []).filter(
    ({ keyword, propertyName }) => keyword !== 'if' && propertyName === undefined
  );
  const mistakes = errors.map(describeMistake);
  if (mistakes.length === 0 && settings.deployments[settings.default] === undefined) {
    mistakes.push(
      `"default" names no deployment. The deployments are ${Object.keys(settings.deployments).join(', ')}.`
    );
  }
  if (mistakes.length === 0) mistakes.push(...findWrongSchedules(settings), ...findWrongVariables(settings));
  if (mistakes.length > 0)
    throw new Error([...new Set(mistakes)].map((mistake) => `.journeyrc: ${mistake}`).join('\n'));
  return settings;
}

function findWrongSchedules({ deployments }: Settings): string[] {
  return Object.entries(deployments).flatMap(([name, deployment]) =>
    isRemote(deployment)
      ? []
      : (deployment.schedules ?? []).flatMap((schedule, index) => describe(name, index, schedule))
  );
}

/** The task would refuse them too, and point to OXIDE. */
function findWrongVariables({ deployments }: Settings): string[] {
  return Object.entries(deployments).flatMap(([name, { variables = {} }]) =>
    Object.keys(variables)
      .flatMap((variable) => findNameMistake(variable, Object.keys(VARIABLES)) ?? [])
      .map((mistake) => `deployments.${name}.variables: ${mistake}`)
  );
}

function describe(deployment: string, index: number, schedule: Schedule): string[] {
  try {
    nextTimes(schedule, 0, 1);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`deployments.${deployment}.schedules.${index} cannot be used: ${reason.replace(/\.$/, '')}.`];
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = locateJsonError(text, error instanceof Error ? error.message : '');
    throw new Error(
      `.journeyrc is not valid JSON: there is a mistake${place}. Comments and trailing commas are not allowed.`
    );
  }
}

/**
 * The deployment of that name, or the default one.
 *
 * @throws Error naming the deployments where there is none of that name
 */
export function chooseDeployment(settings: Settings, name = settings.default): LocalDeployment | RemoteDeployment {
  const deployment = Object.hasOwn(settings.deployments, name) ? settings.deployments[name] : undefined;
  if (deployment !== undefined) return deployment;
  const names = Object.keys(settings.deployments).join(', ');
  throw new Error(`.journeyrc has no deployment ${JSON.stringify(name)}. It has ${names}.`);
}

/**
 * The local deployment that `npm run local` starts: the default one, or else the only local one; with none, all
 * defaults.
 */
export function chooseLocalDeployment(settings: Settings): LocalDeployment {
  const candidates = [chooseDeployment(settings), ...Object.values(settings.deployments)];
  return candidates.find((deployment): deployment is LocalDeployment => !isRemote(deployment)) ?? {};
}

function describeMistake(error: ErrorObject): string {
  const place = error.instancePath.slice(1).replaceAll('/', '.') || 'the file';
  switch (error.keyword) {
    case 'additionalProperties':
      return `${place} has an unknown key ${JSON.stringify(error.params['additionalProperty'])}.${describeKnownKeys(error)}`;
    case 'required':
      return `${place} lacks ${JSON.stringify(error.params['missingProperty'])}.`;
    case 'propertyNames':
      return `${place} has a name that is not allowed: ${JSON.stringify(error.params['propertyName'])}.${explainName(place)}`;
    case 'pattern':
      return `${place} is not in the right form: ${explainPattern(place)}`;
    default:
      return `${place} ${error.message ?? 'is wrong'}.`;
  }
}

function describeKnownKeys({ parentSchema, params }: ErrorObject): string {
  const all = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
  const keys = all.filter((key) => key !== '$schema');
  const nearest = findNearestName(String(params['additionalProperty']), keys);
  const question = nearest === undefined ? '' : ` Did you mean ${JSON.stringify(nearest)}?`;
  return `${question} It may have ${keys.join(', ')}.`;
}

function explainName(place: string): string {
  return place.endsWith('.variables')
    ? ' Variables are upper case, and tokens, secrets and passwords are never in this file.'
    : ' Deployments are lower case.';
}

function explainPattern(place: string): string {
  return place.endsWith('tokenVariable')
    ? 'it is the upper-case name of an environment variable that holds the token, never the token.'
    : 'it is an https address that ends in /api/v4/ and 24 hex digits.';
}

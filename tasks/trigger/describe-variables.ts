import type { RemoteDeployment } from '../shared/settings/Settings';

const OWN = /^LOCK_USERS_/;

/**
 * What a person should know before a task runs on this machine for a deployment of the platform: which variables it gets, and
 * that those of OXIDE are not among them. Values are shown of `LOCK_USERS_…` alone, which hold no secret here.
 *
 * @param environment the environment of this machine
 */
export function describeVariables(
  name: string,
  { backendUrl, tokenVariable, variables = {} }: RemoteDeployment,
  environment: Readonly<Record<string, string | undefined>>
): string[] {
  const own = Object.entries(variables).filter(([variable]) => OWN.test(variable));
  const others = Object.keys(variables).filter((variable) => !OWN.test(variable));
  const ofThisShell = Object.keys(environment).filter((variable) => OWN.test(variable));
  const nobody = (variables['LOCK_USERS_PROTECTED'] ?? '').trim() === '' ? ', so that nobody is protected here' : '';
  const lines = [
    `The task runs on this machine and works on the deployment "${name}", ${backendUrl}. It gets LOCK_USERS_… from "variables" of that deployment in .journeyrc alone:`,
    ...own.map(([variable, value]) => `  ${variable}=${value}`),
    ...(own.length === 0 ? ['  none is set'] : []),
    ...(others.length > 0 ? [`  beside them: ${others.join(', ')}`] : []),
    `  JOURNEY_API_TOKEN is what ${tokenVariable} holds on this machine.`,
    `WARNING: what is set in OXIDE does not apply here, least of all LOCK_USERS_PROTECTED${nobody}. Who must not be locked has to stand in .journeyrc as well.`
  ];
  if (ofThisShell.length > 0) {
    lines.push(`${ofThisShell.join(', ')} of this shell ${ofThisShell.length === 1 ? 'does' : 'do'} not apply either.`);
  }
  return lines;
}

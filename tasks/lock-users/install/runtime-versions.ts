/** The task's own package.json. Which runtime an app has is the app's to say, so its versions there are no change of the task. */
export const PACKAGE_FILE = 'package.json';

const VERSION = /("(?:runtime|@journeyapps\/cloudcode|@journeyapps\/cloudcode-build)": ")([^"]*)(")/g;

/** The text without the three versions of the runtime. */
export function maskVersions(text: string): string {
  return text.replace(VERSION, '$1$3');
}

/** The text with the versions that another one has, as far as it has them. */
export function keepVersions(text: string, other: string): string {
  const versions = readVersions(other);
  return text.replace(VERSION, (_whole, start: string, version: string, end: string) => {
    return `${start}${versions.get(start) ?? version}${end}`;
  });
}

/** The versions of a text that another one does not have, such as `"runtime": "1.13.0"`. */
export function listOtherVersions(text: string, other: string): string[] {
  const versions = readVersions(other);
  return [...readVersions(text)].flatMap(([start, version]) =>
    versions.get(start) === version ? [] : [`${start}${version}"`]
  );
}

function readVersions(text: string): Map<string, string> {
  return new Map([...text.matchAll(VERSION)].map(([, start = '', version = '']) => [start, version]));
}

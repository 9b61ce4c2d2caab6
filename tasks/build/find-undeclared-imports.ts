import { isBuiltin } from 'node:module';
import { loadTypeScript } from '../shared/load-typescript';

/** The part of a task's package.json that names packages. */
export interface Declarations {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A file of a task, or what it was compiled to. */
export interface SourceText {
  /** Path as it is told. */
  readonly path: string;
  readonly text: string;
  /** Whether it is what runs: then what is there for the build alone does not count, and neither do types. */
  readonly isCompiled: boolean;
}

/**
 * A sentence for each package that a task imports and its own package.json does not declare. On this machine the repository's
 * own packages are found in its place; where the task is deployed, they are not.
 */
export function findUndeclaredImports(files: readonly SourceText[], declared: Declarations): string[] {
  const ts = loadTypeScript();
  const { dependencies, optionalDependencies, devDependencies } = declared;
  const running = Object.keys({ ...dependencies, ...optionalDependencies });
  const building = [...running, ...Object.keys(devDependencies ?? {})];
  const sentences = files.flatMap(({ path, text, isCompiled }) => {
    const { importedFiles } = ts.preProcessFile(text, true, true);
    const names = new Set(
      importedFiles
        .map(({ fileName }) => fileName)
        .filter(isPackage)
        .map(nameOfPackage)
    );
    return [...names]
      .filter((name) => {
        if (isCompiled) return !running.includes(name);
        return !building.includes(name) && !building.includes(nameOfTypes(name));
      })
      .map((name) => {
        const which =
          isCompiled && building.includes(name) ? 'declares among "devDependencies" only' : 'does not declare';
        return `${path} imports "${name}", which the task's package.json ${which}. Deployed, the task would fail. Add "${name}" to its "dependencies".`;
      });
  });
  return [...new Set(sentences)];
}

function isPackage(specifier: string): boolean {
  return !/^[./]/.test(specifier) && !isBuiltin(specifier);
}

/** `@scope/name` of `@scope/name/file`. */
function nameOfPackage(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function nameOfTypes(name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}

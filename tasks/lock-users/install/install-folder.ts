import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keepVersions, listOtherVersions, maskVersions, PACKAGE_FILE } from './runtime-versions';

/** The file in an installed copy that says what was installed, so that an upgrade can tell what was changed since. */
export const INSTALL_NOTE = '.lock-users.json';

interface InstallNote {
  readonly version: string;
  /** Hashes of the files by their paths. */
  readonly files: Readonly<Record<string, string>>;
}

/** What an installation does with the files of the folder. */
export interface FolderPlan {
  /** The version that is there; undefined where none is. */
  readonly from: string | undefined;
  readonly to: string;
  readonly added: readonly string[];
  readonly updated: readonly string[];
  /** Files of the earlier version that this one does not have. */
  readonly removed: readonly string[];
  /** Files that somebody has changed since they were installed; those that this version has as well are not among them. */
  readonly changedByHand: readonly string[];
  /** The versions of the runtime in the copy's package.json that are not ours; they stay. */
  readonly kept: readonly string[];
}

/** Compares the folder of this package with the copy in an app. Nothing is written. */
export function planFolder(source: string, target: string): FolderPlan {
  const note = readNote(target);
  const [wanted, found] = [hashFiles(source), hashFiles(target)];
  const differing = [...wanted.keys()].filter((path) => found.has(path) && found.get(path) !== wanted.get(path));
  const gone = Object.keys(note?.files ?? {}).filter((path) => !wanted.has(path) && found.has(path));
  return {
    from: note?.version ?? readVersion(target),
    to: readVersion(source) ?? '',
    added: [...wanted.keys()].filter((path) => !found.has(path)),
    updated: differing,
    removed: gone,
    changedByHand: [...differing, ...gone].filter((path) => note?.files[path] !== found.get(path)),
    kept: found.has(PACKAGE_FILE)
      ? listOtherVersions(readText(target, PACKAGE_FILE), readText(source, PACKAGE_FILE))
      : []
  };
}

/** Carries the plan out: writes the files, the note last, and deletes what this version does not have. */
export function writeFolder(source: string, target: string, { added, updated, removed, to }: FolderPlan): void {
  for (const path of [...added, ...updated]) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    const isKept = path === PACKAGE_FILE && updated.includes(path);
    const content = isKept
      ? keepVersions(readText(source, path), readText(target, path))
      : readFileSync(join(source, path));
    writeFileSync(join(target, path), content);
  }
  for (const path of removed) rmSync(join(target, path));
  const note: InstallNote = { version: to, files: Object.fromEntries(hashFiles(source)) };
  writeFileSync(join(target, INSTALL_NOTE), `${JSON.stringify(note, null, 2)}\n`);
}

function hashFiles(folder: string): Map<string, string> {
  const hashes = new Map<string, string>();
  const add = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.name === 'node_modules' || entry.name === INSTALL_NOTE) continue;
      if (entry.isDirectory()) add(inner);
      else
        hashes.set(
          inner,
          createHash('sha256')
            .update(inner === PACKAGE_FILE ? maskVersions(readText(folder, inner)) : readFileSync(join(folder, inner)))
            .digest('hex')
        );
    }
  };
  if (existsSync(folder)) add('');
  return hashes;
}

function readText(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

function readNote(target: string): InstallNote | undefined {
  return readJson(join(target, INSTALL_NOTE)) as InstallNote | undefined;
}

function readVersion(folder: string): string | undefined {
  return (readJson(join(folder, 'package.json')) as { readonly version?: string } | undefined)?.version;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

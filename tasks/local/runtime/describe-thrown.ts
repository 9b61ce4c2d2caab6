import { inspect } from 'node:util';
import type { TaskError } from './TaskRun';

/** Characters of a message or a stack that are told; a process of two gigabytes has no use for more. */
const MAX_CHARACTERS = 100_000;

/**
 * Whatever a task throws, as it is told: what is no error is shown as it would be inspected. Never throws itself, although a
 * task may throw what has no prototype, or throws when it is looked at.
 */
export function describeThrown(thrown: unknown): TaskError {
  const code = readMember(thrown, 'code');
  const known = typeof code === 'string' ? { code } : {};
  if (!isError(thrown)) return { name: 'Error', message: show(thrown), ...known };
  const [name, message, stack] = ['name', 'message', 'stack'].map((member) => readMember(thrown, member));
  return {
    name: name === undefined ? 'Error' : show(name),
    message: message === undefined ? 'an error without a message that can be read' : show(message),
    ...known,
    ...(typeof stack === 'string' && { stack: show(stack) })
  };
}

function isError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error;
  } catch {
    // A proxy decides what it is an instance of.
    return false;
  }
}

/** Undefined where there is none, or it cannot be read. */
function readMember(thrown: unknown, name: string): unknown {
  try {
    return (thrown as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  try {
    // An object's own way of being shown may throw, or print anything.
    const text = typeof value === 'string' ? value : inspect(value, { customInspect: false, breakLength: Infinity });
    return text.slice(0, MAX_CHARACTERS);
  } catch {
    return 'something that cannot be shown';
  }
}

import type { CommandModule } from './Invocation';

/** A command of the program. */
export interface CommandEntry {
  readonly name: string;
  /** What it takes beside options, as commander writes it: `<app>`, `[run]`. */
  readonly operands?: string;
  readonly about: string;
  readonly options: readonly (readonly [flags: string, about: string])[];
  /** Loads what does the work, so that `--help` loads nothing. */
  load(): Promise<CommandModule>;
}

/** Options of every command. */
export const GLOBAL_OPTIONS: CommandEntry['options'] = [
  ['--deployment <name>', 'Deployment of .journeyrc. Default: its default.'],
  ['--backend-url <address>', 'Address of the backend, instead of that in .journeyrc.'],
  ['--token-variable <name>', 'Environment variable that holds the token, instead of that in .journeyrc.'],
  ['--token-stdin', 'Read the token from standard input.'],
  ['--environment <name>', 'What info.json of the deployment has to say, instead of that in .journeyrc.'],
  ['--json', 'Print JSON, as in a pipe.'],
  ['--quiet', 'Say nothing beside the result and errors.'],
  ['--no-input', 'Never wait for somebody to type.']
];

/** The commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'install',
    operands: '<app>',
    about: "Copies the task into an app's repository and its two models into the app's schema.xml.",
    options: [['--force', 'Overwrite files that were changed since they were installed.']],
    load: () => import('./commands/install')
  },
  {
    name: 'doctor',
    about: 'Looks for everything that may be wrong with a deployment. It only reads.',
    options: [],
    load: () => import('./commands/doctor')
  },
  {
    name: 'config',
    about: 'Shows each setting and where it comes from.',
    options: [],
    load: () => import('./commands/config')
  }
];

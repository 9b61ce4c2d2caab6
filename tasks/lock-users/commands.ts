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

const SELECTION: CommandEntry['options'] = [
  ['--users <file>', 'Only the users that the file names: one on each line, or CSV with a header. Default: everybody.'],
  ['--exclude <file>', 'Leave out the users that the file names.'],
  ['--by <field>', 'What the files name users by: id, or a field of the user model, such as email. Default: id.'],
  ['--where <json>', 'Only users that match, such as \'["role = ?", "driver"]\'.']
];
const RUNNING: CommandEntry['options'] = [
  ['--direct', 'Run the task on this machine, with nothing deployed. Needs protection in .journeyrc.'],
  ['--reason <text>', 'Text for the record.']
];
const CHANGING: CommandEntry['options'] = [
  ...RUNNING,
  ['--confirm <count>', 'How many users are to be changed, instead of typing it.'],
  ['--app <label>', "The app's label, which production asks for as well."],
  ['--report <file>', 'Write a row for each user: .csv or .json.']
];
const LOCKING: CommandEntry['options'] = [
  ...SELECTION,
  ['--only-enrolled', 'Leave users alone that are not in the app.'],
  ['--max-users <count>', 'Refuse a larger plan.']
];
const EVENING: CommandEntry['options'] = [
  ['--unlock-at <time>', 'Let them back in by itself then: the next "06:00 Europe/Berlin". Not with --direct.'],
  ['--window <times>', 'Begin only then, such as "21:00-23:30 Europe/Berlin".']
];
const DRY_RUN = ['--dry-run', 'Only show the plan.'] as const;

/** The commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'plan',
    about: 'Shows whom a lock would lock. Nothing is sent.',
    options: [...LOCKING, ...RUNNING, ['--out <file>', 'Keep the plan with its users, for "apply".']],
    load: () => import('./commands/plan')
  },
  {
    name: 'apply',
    operands: '[plan.json]',
    about: 'Locks users: those of a plan and nobody else, or those that the options select.',
    options: [...LOCKING, ...EVENING, ...CHANGING, DRY_RUN],
    load: () => import('./commands/apply')
  },
  {
    name: 'unlock',
    about: 'Lets the selected users back in.',
    options: [...SELECTION, ...CHANGING, DRY_RUN],
    load: () => import('./commands/unlock')
  },
  {
    name: 'undo',
    operands: '<run>',
    about: 'Unlocks the users that a run has locked. "last" is the last one.',
    options: [...CHANGING, DRY_RUN],
    load: () => import('./commands/undo')
  },
  {
    name: 'reauthenticate',
    about: 'Signs the selected users out. Nobody is locked.',
    options: [...SELECTION, ...CHANGING, DRY_RUN],
    load: () => import('./commands/reauthenticate')
  },
  {
    name: 'runs',
    about: 'Lists the last runs.',
    options: [['--limit <count>', 'How many. Default: 20.']],
    load: () => import('./commands/runs')
  },
  {
    name: 'status',
    operands: '[run]',
    about: 'Shows how a run stands, or how it ended; without a run, who is out, and the last run.',
    options: [],
    load: () => import('./commands/status')
  },
  {
    name: 'stop',
    operands: '<run>',
    about: 'Asks a run to stop in order. "last" is the one that is under way.',
    options: [],
    load: () => import('./commands/stop')
  },
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

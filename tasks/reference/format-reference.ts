import { ERROR_CATALOGUE } from '../../cloudcode/lock_users/src/error-catalogue';
import { PARAMETERS } from '../../cloudcode/lock_users/src/input/parameters';
import { VARIABLES } from '../../cloudcode/lock_users/src/input/variables';
import { formatTable } from './format-table';
import { REPORT_FIELDS, SAMPLE_REPORT, STATUSES, WARNINGS } from './report-tables';

/** Parameters that are not for people: they stand below the table. */
const BELOW_THE_TABLE: readonly string[] = ['continuation', 'notBefore', 'wipe'];

/** `docs/reference.md`, as prettier formats it. */
export function formatReference(): string {
  return `${SECTIONS.join('\n\n')}\n`;
}

const SECTIONS = [
  '# Reference',
  '`npm run reference` writes this page from the tables of the code, and a test compares them: change the code, not the page.',

  '## Parameters of a run',
  'JSON, all optional. Without any, the run is about every user. Unknown names are refused.',
  formatTable(
    ['Parameter', 'Meaning', 'Default'],
    listDefinitions(PARAMETERS)
      .filter(([, name]) => !BELOW_THE_TABLE.includes(name))
      .map(([row]) => row)
  ),
  'Ids have to be lower-case UUIDs. All samples of the platform show such ids; that there are no others is assumed.',
  '`wipe` is refused in any value but `false`: this task never wipes. `continuation` and `notBefore` are what the task hands to its\nown next invocation and to the undo that it orders; leave them out.',

  '## Variables of the deployment',
  formatTable(
    ['Variable', 'Meaning', 'Default'],
    listDefinitions(VARIABLES).map(([row]) => row)
  ),
  'Any other variable whose name looks like one of these (`LOCK-USERS-PROTECTED`, `LOCKED_USERS_ARMED`, `JOURNEY_APITOKEN`) is refused: a\nmistyped `LOCK_USERS_PROTECTED` would protect nobody. So are an address and a token in quotes.',

  '## The report',
  'The task returns a report and prints it as the last line of its log:',
  `\`\`\`json\n${JSON.stringify(SAMPLE_REPORT, null, 2)}\n\`\`\``,
  formatTable(['Field', 'Meaning'], listWords(REPORT_FIELDS)),
  `\`selected = protected + excluded + alreadyLocked + planned\`, and
\`planned = locked + failed + unconfirmed + notAttempted\`. What differs:

- With \`unlock\` they are \`alreadyUnlocked\` and \`unlocked\`; with \`reauthenticate\` \`alreadySignedOut\` and \`reauthenticated\`.
- \`onlyEnrolled\` adds \`notEnrolled\` to the first sum, \`undo\` adds \`lockedAgain\` and \`notShown\` (no longer there).
- Users whom \`LOCK_USERS_STAY_OUT_WHERE\` keeps out count as \`excluded\`, and \`stillLocked\` names them with the type \`STAYS_OUT\`, of
  every unlock.

In the returned report the first 100 users named have their display text beside the id (\`name\`); log and record have ids alone. \`verified\` is \`false\`, too, where the list of the selected
users kept shifting while it was read.`,

  '## Statuses',
  formatTable(['Status', 'Meaning'], listWords(STATUSES)),
  'Wrong parameters or variables end the task with an error (`INVALID_PARAMETERS`, `INVALID_SETTINGS`) before any request; only a relation\nin `where` or in a rule (`depot` for `depot_id`) takes a look at the data model, and ends as `refused`.',

  '## Warnings',
  'They stand in the log as `Warning:` lines, and in the field `warnings` of the report.',
  formatTable(['Code', 'What it is about'], listWords(WARNINGS)),

  '## Error codes',
  formatTable(
    ['Code', 'What happened', 'What to do'],
    Object.entries(ERROR_CATALOGUE).map(([code, { meaning, remedy }]) => [`\`${code}\``, meaning, remedy])
  ),
  'How a run goes on after an error of one request or one user: [operating.md](operating.md#after-an-error).'
];

/** The rows of a table of definitions, each with the name alone. */
function listDefinitions(
  definitions: Readonly<Record<string, { readonly doc: string; readonly defaultText: string }>>
): (readonly [row: readonly string[], name: string])[] {
  return Object.entries(definitions).map(([name, { doc, defaultText }]) => [[`\`${name}\``, doc, defaultText], name]);
}

function listWords(words: Readonly<Record<string, string>>): string[][] {
  return Object.entries(words).map(([name, text]) => [`\`${name}\``, text]);
}

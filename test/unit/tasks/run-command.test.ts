import { defineCommand } from '../../../tasks/shared/Command';
import { SettingsError } from '../../../tasks/shared/command-errors';
import { RecordedIo } from '../../support/RecordedIo';

/** A command that prints what it got. */
const show = defineCommand({
  name: 'npm run show',
  about: [
    'Prints what it got, which is enough to see that the command line arrives at the command as somebody has typed it.'
  ],
  options: {
    users: { type: 'string', value: 'N', about: 'How many users there are.' },
    tag: { type: 'string', value: 'TEXT', multiple: true, about: 'A tag; may be repeated.' },
    'dry-run': { type: 'boolean', about: 'Nothing is changed.' }
  },
  interrupted: 'Stopped.',
  run(line, { stdout }) {
    stdout.write(JSON.stringify(line));
    return Promise.resolve(7);
  }
});

/** The same with operands. */
const showOperands = { ...show, operands: 'NAME …' };

function fail(error: unknown) {
  return { ...show, run: () => Promise.reject(error) };
}

test('a command gets its options, and its exit code is the result', async () => {
  const { code, stdout } = await new RecordedIo().run(show, ['--tag', 'a', '--users=5', '--tag', 'b']);

  expect(code).toBe(7);
  expect(JSON.parse(stdout)).toEqual({ options: { users: '5', tag: ['a', 'b'], 'dry-run': false }, operands: [] });
});

test('options that are not given are false, an empty list and undefined', async () => {
  const { stdout } = await new RecordedIo().run(showOperands, ['one', 'two']);

  expect(JSON.parse(stdout)).toEqual({ options: { tag: [], 'dry-run': false }, operands: ['one', 'two'] });
});

test.each<[string[], string]>([
  [['--user', '5'], "Unknown option '--user'. Did you mean --users?"],
  [['--dryrun'], "Unknown option '--dryrun'. Did you mean --dry-run?"],
  [['--qqqqqqqqqqqq'], "Unknown option '--qqqqqqqqqqqq'. The options are --users, --tag, --dry-run, --help."],
  [['-u'], "Unknown option '-u'."],
  [['--users'], "Option '--users <value>' argument missing"],
  [['--dry-run=yes'], "'--dry-run' does not take an argument"],
  [['5'], 'Unexpected argument "5": npm run show takes options only.']
])('%j is refused with a hint at the usage and 2', async (args, sentence) => {
  const { code, stdout, stderr } = await new RecordedIo().run(show, args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).toMatch(/\nAll options: npm run show -- --help\n$/);
});

test.each<[string, Record<string, string>, string[], string]>([
  ['--users 50', { npm_config_users: 'true' }, ['50'], '--users 50'],
  ['--users=50', { npm_config_users: '50' }, [], '--users 50'],
  ['--users', { npm_config_users: 'true' }, [], '--users N'],
  ['--users -- --dry-run', { npm_config_users: 'true' }, ['--dry-run'], '--dry-run --users N'],
  ['--dry-run', { npm_config_dry_run: 'true' }, [], '--dry-run'],
  ['--users 50 -- --dry-run', { npm_config_users: '50' }, ['--dry-run'], '--dry-run --users 50'],
  ['--users=a b', { npm_config_users: "it's" }, [], "--users 'it'\\''s'"],
  [
    'one --users 5 --tag x',
    { npm_config_users: 'true', npm_config_tag: 'true' },
    ['one', '5', 'x'],
    'one 5 x --users N --tag TEXT'
  ]
])('%s before "--" is refused with the command as it was meant', async (_typed, environment, args, meant) => {
  const { code, stdout, stderr } = await new RecordedIo({ environment }).run(show, args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`Pass options after "--":\n  npm run show -- ${meant}\n`);
});

test.each<[string, Record<string, string>, string[]]>([
  ['given after "--", too', { npm_config_users: '50' }, ['--users', '5']],
  ['turned off in npm’s settings', { npm_config_dry_run: '' }, []],
  ['of npm alone', { npm_config_loglevel: 'silent' }, []]
])('an option of npm that is %s does no harm', async (_name, environment, args) => {
  expect(await new RecordedIo({ environment }).run(show, args)).toMatchObject({ code: 7, stderr: '' });
});

test.each<[string, unknown, number]>([
  ['an error', new Error('It broke.'), 1],
  ['what is no error', 'It broke.', 1],
  ['wrong settings', new SettingsError('It broke.'), 2]
])('%s ends a command with its message and without a stack', async (_name, error, code) => {
  expect(await new RecordedIo().run(fail(error), [])).toEqual({ code, stdout: '', stderr: 'It broke.\n' });
});

test('an error after Ctrl-C is the end by Ctrl-C', async () => {
  const io = new RecordedIo();
  io.interrupt.abort();

  expect(await io.run(fail(new Error('socket hang up')), [])).toEqual({ code: 130, stdout: '', stderr: 'Stopped.\n' });
});

test('a command that ends regularly after Ctrl-C keeps its exit code', async () => {
  const io = new RecordedIo();
  io.interrupt.abort();

  expect(await io.run(show, [])).toMatchObject({ code: 7, stderr: '' });
});

test('--help prints the usage, one line for each paragraph and each option where it is piped', async () => {
  const { code, stdout } = await new RecordedIo().run(showOperands, ['--help']);

  expect(code).toBe(0);
  expect(stdout).toBe(`Usage: npm run show -- NAME … [--users N] [--tag TEXT]… [--dry-run]

${show.about[0]}

  --users N   How many users there are.
  --tag TEXT  A tag; may be repeated.
  --dry-run   Nothing is changed.
  --help      Print this text.
`);
});

test('on a terminal the usage is wrapped between words, and options stay in their columns', async () => {
  const { stdout } = await new RecordedIo({ columns: 36 }).run(show, ['--help']);

  expect(stdout).toBe(`Usage: npm run show -- [--users N]
  [--tag TEXT]… [--dry-run]

Prints what it got, which is enough
to see that the command line arrives
at the command as somebody has typed
it.

  --users N   How many users there
              are.
  --tag TEXT  A tag; may be
              repeated.
  --dry-run   Nothing is changed.
  --help      Print this text.
`);
});

test('on a very narrow terminal the explanation of an option stands below it', async () => {
  const { stdout } = await new RecordedIo({ columns: 24 }).run(show, ['--help']);

  expect(stdout).toContain('\n  --users N\n      How many users\n      there are.\n');
});

test('errors are wrapped on a terminal, too', async () => {
  const { stderr } = await new RecordedIo({ columns: 20 }).run(fail(new Error('one two three four five six')), []);

  expect(stderr).toBe('one two three four\nfive six\n');
});

import { LocalOperator } from '../support/LocalOperator';
import { expectNoSecret } from '../support/expect-no-secret';

let operator: LocalOperator;
beforeEach(async () => {
  ({ operator } = await LocalOperator.startDirect(3));
});
afterEach(() => operator.close());

/** What is typed wrong, the exit code, and the sentence. WRONG_ADDRESS and NO_SERVER stand for what is made of the backend's address. */
const MISUSE: readonly (readonly [args: string, code: number, sentence: string])[] = [
  ['', 2, 'Name a command.'],
  ['aply', 2, "unknown command 'aply' (Did you mean apply?)"],
  ['lock', 2, "unknown command 'lock' (Did you mean apply?)"],
  ['plan --drect', 2, "unknown option '--drect' (Did you mean --direct?)"],
  ['plan --deployment nowhere', 2, '.journeyrc has no deployment "nowhere"'],
  ['plan --token-variable UNSET', 2, 'The variable UNSET is not set.'],
  ['plan --token-variable WRONG', 4, 'Check the variable WRONG: it has to be a named token of this very deployment'],
  ['plan --environment production', 2, 'The settings mean the environment "production"'],
  ['plan --backend-url WRONG_ADDRESS', 2, 'Check the 24 hex digits in --backend-url'],
  ['plan --backend-url NO_SERVER', 1, 'Check the host in --backend-url and the network'],
  ['plan --max-users many', 2, '--max-users is a whole number.'],
  ['plan --where name', 2, '--where is not valid JSON.'],
  ['plan --users missing.csv', 2, 'missing.csv'],
  ['apply missing.json', 2, 'missing.json'],
  ['apply changed.json', 2, 'changed.json'],
  ['apply --direct --report report.txt', 2, 'name a file that ends in .csv or .json.'],
  ['apply --direct', 2, 'Nobody can be asked here: give --confirm.'],
  ['apply --direct --confirm 4', 3, '3 users would be locked, and you said "4".'],
  ['apply --direct --unlock-at 06:00', 2, '--unlock-at needs the deployed task'],
  ['status nothing', 2, 'There is no run "nothing".'],
  ['undo nothing --direct --confirm 3', 3, 'nothing'],
  ['stop', 2, "missing required argument 'run'"],
  ['install missing', 2, 'there is no schema.xml']
];

test.each(MISUSE)(
  '"lock-users %s" ends with %i and one sentence, and nobody is locked',
  async (line, code, sentence) => {
    const { backend } = operator;
    operator.file('changed.json', '{"format": "lock-users plan 1", "count": 1}');
    const addresses: Readonly<Record<string, string>> = {
      WRONG_ADDRESS: backend.url.replace(/[0-9a-f]{24}$/, '0'.repeat(24)),
      NO_SERVER: backend.url.replace(/:\d+\//, ':1/')
    };
    const args = line.split(' ').map((word) => addresses[word] ?? word);
    const wrong = backend.token.split('').reverse().join('');
    const program = operator.open({ variables: { WRONG: wrong } });

    const ended = operator.note(await program.call(...(line === '' ? [] : args)));

    const { stdout, stderr, json } = ended;
    expect(ended).toMatchObject({ code, json: { exitCode: code } });
    expectNoSecret([wrong], [stdout, stderr]);
    expect(stderr).not.toMatch(/^ +at /m);
    // A run that was refused says why in its message, which a terminal shows in the table.
    const said = String(json['error'] ?? json['message']);
    expect(said).toContain(sentence);
    if ('error' in json) expect(stderr).toContain(said);
    expect(operator.lockedIds).toEqual([]);
  }
);

test('"lock-users plan --direct" without a word on whom to protect ends with 2 and one sentence', async () => {
  operator.configure({ variables: {} });

  const { code, stderr } = await operator.call('plan', '--direct');

  expect(code).toBe(2);
  expect(stderr).toContain('--direct does not know whom OXIDE protects.');
});

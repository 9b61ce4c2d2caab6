import { readdirSync } from 'node:fs';
import { contract } from '../../tasks/contract/command';
import { ContractBench } from '../support/ContractBench';
import { RecordedIo } from '../support/RecordedIo';

let bench: ContractBench;
beforeEach(() => {
  bench = new ContractBench();
});
afterEach(() => bench.close());

test('it asks before it begins, and sends nothing without a yes', async () => {
  await bench.start();

  const no = await bench.run((io) => (io.answer = 'y'));
  const nobody = await bench.run((io) => (io.answer = undefined));

  expect(no).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('You did not say yes. Nothing was sent.')
  });
  expect(no.stderr).toContain(`the user ${bench.userId} of ${bench.backend.url}`);
  expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('Nobody can be asked') });
  expect(bench.backend.requests()).toEqual([]);
  expect(readdirSync(bench.folder)).toEqual([]);
});

test.each<[string, Record<string, string>, string]>([
  ['in CI', { CI: 'true' }, 'This is CI (the variable CI is set).'],
  ['without a user', { CONTRACT_USER_ID: '' }, 'CONTRACT_USER_ID is not set.'],
  ['with two users', { CONTRACT_USER_ID: 'a,b' }, 'CONTRACT_USER_ID must be one user id'],
  [
    'with an address of another kind',
    { CONTRACT_BACKEND_URL: 'http://example.test/' },
    'CONTRACT_BACKEND_URL must start with'
  ],
  ['with a token that is none', { CONTRACT_API_TOKEN: 'Bearer x' }, 'CONTRACT_API_TOKEN has a space']
])('%s it refuses before it asks', async (_name, variables, sentence) => {
  await bench.start();
  let io: RecordedIo | undefined;

  const ended = await bench.run((given) => (io = given), variables);

  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(sentence) });
  expect(io?.asked).toEqual([]);
  expect(bench.backend.requests()).toEqual([]);
});

test('a file that could not be written is refused before anything is sent', async () => {
  await bench.start();
  const io = new RecordedIo({
    environment: {
      CONTRACT_BACKEND_URL: bench.backend.url,
      CONTRACT_API_TOKEN: bench.backend.token,
      CONTRACT_USER_ID: bench.userId
    }
  });

  const folder = await io.run(contract, ['--write', bench.folder]);

  expect(folder).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be used: it is a folder.') });
  expect(io.asked).toEqual([]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOMParser } from '@xmldom/xmldom';
import packageJson from '../../package.json';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { parseSettings } from '../../cloudcode/lock_users/src/input/settings';
import { parseFaultScript } from '../../tasks/local/backend/control/parse-fault-script';
import { parseDataModel } from '../../tasks/local/backend/state/parse-data-model';
import { COMMANDS } from '../../tasks/lock-users/commands';
import { REPORT_FIELDS } from '../../tasks/reference/report-tables';
import { isRemote } from '../../tasks/shared/settings/Settings';
import { loadSettings } from '../../tasks/shared/settings/load-settings';
import { listBlocks, listDocuments, readDocument } from '../support/documents';

const AN_ID = '00000000-0000-4000-8000-000000000001';
const ACCESS = {
  JOURNEY_BACKEND_URL: 'https://backend.example.test/api/v4/64b0c0ffee64b0c0ffee64b0',
  JOURNEY_API_TOKEN: 'not-a-real-one'
};

/** Documents whose inline JSON is of the Backend API and not of this task. */
const OF_THE_BACKEND = ['docs/local-backend.md', 'docs/unknowns.md', 'docs/decisions.md', 'docs/benchmarks.md'];
/** What is history, or words of its own. */
const HISTORY = ['CHANGELOG.md'];

/** A text with the document it is in, and how a test's name shows it. */
interface Example {
  readonly path: string;
  readonly text: string;
  readonly start: string;
}

function toExample(path: string, text: string): Example {
  return { path, text, start: text.replace(/\s+/g, ' ').trim().slice(0, 60) };
}

type Fields = Readonly<Record<string, unknown>>;

/** JSON of a document, with an id where the document leaves one out. */
function parseJson(text: string): Fields {
  return JSON.parse(text.replace(/"(<[^>"]+>|[0-9a-f-]*…)"/g, `"${AN_ID}"`)) as Fields;
}

function has(value: Fields, ...names: readonly string[]): boolean {
  return names.every((name) => name in value);
}

function checkJourneyrc(content: Fields): void {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  try {
    writeFileSync(join(folder, '.journeyrc'), JSON.stringify(content));
    for (const deployment of Object.values(loadSettings(folder).deployments)) {
      parseSettings({ ...ACCESS, ...deployment.variables });
      const schedules = isRemote(deployment) ? [] : (deployment.schedules ?? []);
      for (const { params } of schedules) parseParameters(params);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws Error where a block is not what it looks like. What looks like nothing else has to be parameters. */
function checkJson(value: Fields): void {
  if (has(value, 'deployments')) checkJourneyrc(value);
  else if (has(value, 'faults')) parseFaultScript(value);
  else if (has(value, 'counts')) expect(Object.keys(REPORT_FIELDS)).toEqual(expect.arrayContaining(Object.keys(value)));
  else if (has(value, 'lock_run')) checkObject(value['lock_run'] as Fields);
  else if (has(value, 'event', 'object')) expect(value['object']).toHaveProperty('type', 'lock_run');
  else if (has(value, 'runId', 'status')) expect(value).toMatchObject({ status: 'queued' });
  else parseParameters(value);
}

/** What the API is given for an object of `lock_run`. */
function checkObject(fields: Fields): void {
  const model = parseDataModel(readDocument('schema.xml')).models.get('lock_run');
  for (const name of Object.keys(fields)) expect([...(model?.fields.keys() ?? [])]).toContain(name);
  if (typeof fields['parameters'] === 'string') parseParameters(parseJson(fields['parameters']));
}

function parseXml(text: string) {
  const onError = (_level: string, message: string): void => {
    throw new Error(message);
  };
  const { documentElement } = new DOMParser({ onError }).parseFromString(text, 'text/xml');
  if (documentElement === null) throw new Error('An XML block is empty.');
  return documentElement;
}

const DOCUMENTS = listDocuments().filter((path) => !HISTORY.includes(path));
const listExamples = (language: string): Example[] =>
  DOCUMENTS.flatMap((path) => listBlocks(path, language).map((text) => toExample(path, text)));

test.each(listExamples('json'))('the JSON block $start of $path is valid', ({ text }) => {
  expect(() => checkJson(parseJson(text))).not.toThrow();
});

const INLINE = DOCUMENTS.filter((path) => !OF_THE_BACKEND.includes(path)).flatMap((path) =>
  [...readDocument(path).matchAll(/`(\{["}][^`]*)`/g)].map(([, text = '']) => toExample(path, text))
);

test.each(INLINE)('$start in a sentence of $path is valid', ({ text }) => {
  expect(() => checkJson(parseJson(text))).not.toThrow();
});

test('no document arms a deployment of .journeyrc that is not local, and each names its environment', () => {
  const remotes = listExamples('json')
    .map(({ text }) => parseJson(text)['deployments'] as Readonly<Record<string, Fields>> | undefined)
    .flatMap((deployments) => Object.values(deployments ?? {}))
    .filter((deployment) => has(deployment, 'backendUrl'));

  expect(remotes.map(({ environment }) => environment)).toEqual(['testing', 'production']);
  expect(JSON.stringify(remotes)).not.toContain('LOCK_USERS_ARMED');
});

test.each(['README.md', 'docs/friday-evening.md'])('%s works on production by lock-users alone', (path) => {
  const commands = readDocument(path).match(/npm run .*--deployment production/g) ?? [];

  expect(commands.length).toBeGreaterThan(0);
  expect(commands.filter((command) => !command.startsWith('npm run lock-users -- '))).toEqual([]);
});

test('the parameters of the README go into the variable of the defaults as they are', () => {
  const texts = listBlocks('README.md', 'json').filter((text) => text.includes('unlockAt'));

  expect(texts).toHaveLength(1);
  expect(parseSettings({ ...ACCESS, LOCK_USERS_DEFAULTS: texts[0] }).defaults).toHaveProperty('unlockAt');
});

const VALUES = DOCUMENTS.flatMap((path) =>
  [...readDocument(path).matchAll(/`((?:LOCK_USERS|JOURNEY)_[A-Z_]+)`(?:,? such as|\s+=|\s+to|\s+is) `([^`]+)`/g)].map(
    ([, name = '', value = '']): [string, string, string] => [path, name, value]
  )
);

test.each(VALUES)('the value that %s gives the variable %s is one: %s', (_path, name, value) => {
  expect(() => parseSettings({ ...ACCESS, [name]: value })).not.toThrow();
});

test.each(listExamples('xml'))('the XML block $start of $path is well-formed', ({ text }) => {
  expect(['data-rules', 'webhook', 'model']).toContain(parseXml(text).tagName);
});

test('the webhook of examples/notify.md fits into the model of the record', () => {
  const [webhook = ''] = listBlocks('examples/notify.md', 'xml');
  const schema = readDocument('schema.xml').replace('  </model>\n  <model name="lock_run_batch"', `${webhook}$&`);
  const webhooks = parseDataModel(schema).models.get('lock_run')?.webhooks;

  expect(webhooks?.map(({ name }) => name)).toEqual(['lock_run_requested', 'lock_run_ended']);
  expect(webhooks?.[1]?.required).toEqual(['finished_at', 'status']);
});

test.each(DOCUMENTS)('every command of npm in %s exists', (path) => {
  const text = readDocument(path).replace(/\s+/g, ' ');
  const scripts = [...text.matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
  const commands = [...text.matchAll(/\block-users (?:-- )?([a-z-]+|COMMAND)(?=[ `\]])/g)].map(([, name = '']) => name);

  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
  expect(['COMMAND', '--help', '--', ...COMMANDS.map(({ name }) => name)]).toEqual(expect.arrayContaining(commands));
});

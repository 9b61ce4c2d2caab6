import { isObjectId } from '../../cloudcode/lock_users/src/input/user-ids';
import type { ContractAnswer } from './ContractClient';
import type { Findings } from './Findings';
import { observeDataModel } from './observe-data-model';
import { idsOf, readList } from './Observed';
import type { Observed } from './Observed';
import { describeAnswer, readType, readUserObject } from './shown-user';

/** Reads what shows an unknown, and changes nothing. */
export async function observeReads(
  observed: Observed,
  { hasUsersApi }: { readonly hasUsersApi: boolean }
): Promise<void> {
  await observeRequests(observed);
  if (hasUsersApi) {
    await observeUserList(observed);
    await observePages(observed);
  }
  await observeDataModel(observed);
}

async function observeRequests({ client, findings, nowMs }: Observed): Promise<void> {
  const none = await client.read('info.json', 'none');
  if (none.status === 401) {
    const body = none.json === undefined ? 'text' : 'json';
    findings.note('unauthorized', body === 'text', `The body is ${body === 'text' ? 'no JSON' : 'JSON'}.`);
    findings.settle('unauthorizedBody', body);
  } else {
    findings.note('unauthorized', undefined, `Without credentials it answers ${describeAnswer(none)}.`);
  }

  const answers = [await client.read('info.json', 'Token'), await client.read('info.json', 'Basic')];
  const [token, basic] = answers.map(describeAnswer);
  findings.note(
    'schemes',
    answers.every(({ status }) => status === 200),
    `\`Token\` is answered with ${token}, \`Basic\` with ${basic}.`
  );

  const wrong = await client.read('users?limit=x');
  const isAsAssumed = wrong.status === 400 && readType(wrong.json) === 'INVALID_API_REQUEST';
  findings.note('statuses', isAsAssumed, `\`GET users?limit=x\` is answered with ${describeAnswer(wrong)}.`);

  const date = Date.parse(none.headers.get('date') ?? '');
  const seconds = Math.round((date - nowMs()) / 1000);
  findings.note(
    'date',
    !Number.isNaN(date),
    Number.isNaN(date) ? 'There is no `Date`.' : `It is ${seconds} s after this machine's clock.`
  );
}

async function observeUserList({ client, findings }: Observed): Promise<void> {
  const list = readList(await client.read('users?limit=1000'));
  const users = list.map(readUserObject).filter((user) => user !== undefined);
  if (users.length < list.length || users.length === 0) return;
  const odd = users.filter(({ id }) => !isObjectId(id)).length;
  findings.note('ids', odd === 0, `Of ${users.length} ids ${odd} are no lower-case UUIDs.`);

  const wrong = users.filter(
    ({ enrolled, sessions = [] }) => enrolled !== sessions.some(({ state }) => state === 'ENROLLED')
  ).length;
  findings.note('enrolled', wrong === 0, `It is otherwise for ${wrong} of ${users.length} users.`);

  const without = users.filter(({ sessions }) => sessions === undefined).length;
  const empty = users.filter(({ sessions }) => sessions?.length === 0).length;
  if (without + empty === 0) return;
  findings.note(
    'newUser',
    empty === 0 ? true : without === 0 ? false : undefined,
    `${without} users have no \`sessions\`, ${empty} an empty list.`
  );
  if (empty === 0) findings.settle('sessionsOfNewUser', 'absent');
  if (without === 0) findings.settle('sessionsOfNewUser', 'empty');
}

async function observePages({ client, findings }: Observed): Promise<void> {
  const [page, again] = [await client.read('users'), await client.read('users')];
  const same = JSON.stringify(idsOf(page)) === JSON.stringify(idsOf(again));
  findings.note('order', same, `Two reads of the first page showed ${same ? 'the same' : 'another'} order.`);
  const large = await client.read('users?limit=1001');
  observePageSize(findings, page, large);

  const byToken = await client.read('users?limit=1', 'Token');
  const asked = await client.read('users?limit=1&total=true', 'Token');
  const [bearer, token] = [page, byToken].map(({ json }) => json !== undefined && 'total' in json);
  if (byToken.status !== 200) return;
  const withTotal = asked.json !== undefined && 'total' in asked.json ? 'has it' : 'has none';
  findings.note(
    'total',
    bearer === true && token === false && withTotal === 'has it',
    `A list for \`Bearer\` ${bearer ? 'has it' : 'has none'}, one for \`Token\` ${token ? 'has it' : 'has none'}, with \`total=true\` it ${withTotal}.`
  );
  if (token) {
    if (bearer) findings.settle('listTotal', 'always');
  } else {
    findings.settle('listTotal', bearer ? 'by-client' : 'on-request');
  }
}

function observePageSize(findings: Findings, page: ContractAnswer, large: ContractAnswer): void {
  const [size, most] = [readList(page).length, readList(large).length];
  const isCut = page.json?.['more'] === true;
  const isLargeCut = large.json?.['more'] === true;
  const seen = `Untold there are ${size} on a page${isCut ? '' : ', which are all'}; with \`limit=1001\` ${
    large.status === 200 ? `${most}${isLargeCut ? '' : ', which are all'}` : `it is ${describeAnswer(large)}`
  }.`;
  // Where all fit on a page, only a size above one's own default shows which it is not.
  const sizes = (['100/1000', '10/100', '1000/1000'] as const).filter((value) => {
    const [common = 0, highest = 0] = value.split('/').map(Number);
    const fits = isCut ? size === common : size <= common;
    return fits && (large.status !== 200 || (isLargeCut ? most === highest : most <= highest));
  });
  const [only] = sizes;
  if (sizes.length > 1) return findings.note('pageSize', undefined, seen);
  findings.note('pageSize', only === '100/1000', seen);
  if (only !== undefined) findings.settle('usersPageSize', only);
}

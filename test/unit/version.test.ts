import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../cloudcode/lock_users/src/version';

test('the version in the source is that of the folder’s package.json', () => {
  const manifest = readFileSync(join(__dirname, '../../cloudcode/lock_users/package.json'), 'utf8');

  expect(JSON.parse(manifest)).toMatchObject({ version: VERSION });
});

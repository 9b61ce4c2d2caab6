import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The data model of the repository's app, with the models for records. */
export const SCHEMA = readFileSync(join(__dirname, '..', '..', 'schema.xml'), 'utf8');

/** The same without the models for records. */
export const WITHOUT_RECORDS = SCHEMA.replace(/ {2}<model name="lock_run"[^]*(?=<\/data-model>)/, '');

import Ajv from 'ajv';
import { FAULT_SCHEMAS, SCRIPT_SCHEMA } from '../../../tasks/local/backend/control/parse-fault-script';

test.each<[string, object]>([['a fault script', SCRIPT_SCHEMA], ...Object.entries(FAULT_SCHEMAS)])(
  'the schema of %s is a valid JSON schema',
  (_name, schema) => {
    const ajv = new Ajv();

    expect([ajv.validateSchema(schema), ajv.errorsText()]).toEqual([true, 'No errors']);
  }
);

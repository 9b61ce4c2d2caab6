/**
 * The version of this task, as the folder's package.json has it (a test compares them). It stands in the log, the report and
 * the record, so that copies in different apps can be told apart.
 */
export const VERSION = '0.1.0';

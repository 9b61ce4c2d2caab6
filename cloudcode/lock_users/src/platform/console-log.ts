import { escapeText } from '../outside-text';
import type { Log } from '../ports';

/** Lines to the console, which OXIDE shows in the task's log window. Nothing in a line can begin another one. */
export const consoleLog: Log = {
  line(text) {
    console.log(escapeText(text));
  }
};

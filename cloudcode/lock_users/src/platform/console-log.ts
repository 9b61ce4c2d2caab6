import type { Log } from '../ports';

/** Lines to the console, which OXIDE shows in the task's log window. */
export const consoleLog: Log = {
  line(text) {
    console.log(text);
  }
};

import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { Redact } from '../../cloudcode/lock_users/src/input/Secret';
import type { Output } from './Command';

/** The secrets that a command has come to know, and outputs on which none of them is printed. */
export class HiddenSecrets {
  private readonly secrets: Secret[] = [];

  /** Hides a value in all that is printed from now on. Undefined and an empty one are none. */
  hide(value: string | undefined): void {
    if (value !== undefined && value !== '') this.secrets.push(new Secret(value));
  }

  /** The text without them. */
  readonly redact: Redact = (text) => this.secrets.reduce((rest, { redact }) => redact(rest), text);

  /** The same streams, on which they read `[redacted]`. A text is written at once, never in pieces. */
  cover({ stdout, stderr }: { readonly stdout: Output; readonly stderr: Output }): { stdout: Output; stderr: Output } {
    return { stdout: this.coverOne(stdout), stderr: this.coverOne(stderr) };
  }

  private coverOne(output: Output): Output {
    return {
      write: (text) => output.write(this.redact(text)),
      get columns() {
        return output.columns;
      },
      get isClosed() {
        return output.isClosed;
      },
      closed: output.closed
    };
  }
}

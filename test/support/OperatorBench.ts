import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { expectNoSecret } from './expect-no-secret';
import { RecordedProgram } from './RecordedProgram';
import type { ProgramEnd } from './RecordedProgram';

const TOKEN_VARIABLE = 'TOKEN_OF_THE_TEST';

/** An operator's folder with a `.journeyrc` that names one deployment, `depot`, and the command line in it. */
export class OperatorBench {
  readonly root = mkdtempSync(join(tmpdir(), 'operator-'));
  /** Everything that was printed so far. */
  printed = '';

  constructor(readonly backend: Pick<RunningBackend, 'url' | 'token'>) {
    this.configure();
  }

  /** Writes `.journeyrc`. @param changes of the deployment's entry */
  configure(changes: object = {}): void {
    const depot = { backendUrl: this.backend.url, tokenVariable: TOKEN_VARIABLE, environment: 'testing', ...changes };
    writeFileSync(join(this.root, '.journeyrc'), JSON.stringify({ default: 'depot', deployments: { depot } }));
  }

  /** A program in this folder. @param options with `variables`, beside that of the token */
  open(
    options: {
      readonly isTerminal?: boolean;
      readonly token?: string;
      readonly columns?: number;
      readonly variables?: Readonly<Record<string, string>>;
    } = {}
  ): RecordedProgram {
    const { isTerminal = false, token = this.backend.token, columns, variables } = options;
    const environment = { [TOKEN_VARIABLE]: token, ...variables };
    return new RecordedProgram({ root: this.root, isTerminal, environment, ...(columns !== undefined && { columns }) });
  }

  /** Calls the program in a pipe. */
  async call(...args: string[]): Promise<ProgramEnd> {
    return this.note(await this.open().call(...args));
  }

  /** Keeps what was printed, and passes it on. */
  note(end: ProgramEnd): ProgramEnd {
    this.printed += end.stdout + end.stderr;
    return end;
  }

  /** Deletes the folder. Fails where what was printed or written, such as a plan or a report, holds the token. */
  remove(): void {
    const written = readdirSync(this.root).map((name) => readFileSync(join(this.root, name), 'utf8'));
    rmSync(this.root, { recursive: true });
    expectNoSecret([this.backend.token], [this.printed, ...written]);
  }
}

import { DeviceConnection } from './DeviceConnection';
import type { Credentials, DeviceAnswer, FetchUrl } from './DeviceConnection';
import { readCredentials, readState } from './read-answer';
import type { DeviceState } from './read-answer';

/** Something that the user entered in the app. */
export interface Row {
  /** The model. */
  readonly type: string;
  /** A lower-case UUID. */
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What a device is made of. */
export interface DeviceOptions {
  /** Where the backend is, such as `http://127.0.0.1:7420`. */
  readonly origin: string;
  readonly userId: string;
  readonly deviceId: string;
  /** Default: the global fetch. */
  readonly fetchUrl?: FetchUrl;
}

/** What came of a connect: the state that the device was told, or why it was told none. */
export type ConnectResult = DeviceState | 'offline' | 'signed out';

/** What came of an attempt to sign in. */
export type EnrollResult = 'enrolled' | 'locked' | 'offline';

/** A simulated device: the app on it, what was entered and is not uploaded yet, and a connection that comes and goes. */
export class Device {
  /** Without a connection nothing is sent, and answers that are on their way do not arrive. */
  isOnline = true;
  private readonly connection: DeviceConnection;
  private credentials: Credentials | undefined;
  private shown: 'login' | 'app' = 'login';
  private rows: readonly Row[] = [];
  private uploaded = 0;
  private lost = 0;
  /** Set while the user has left the app and the backend does not know yet. */
  private untoldLeave: { readonly keepData: boolean } | undefined;
  /** The last of what is done over the connection, which is one thing after the other. */
  private lastTurn: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: DeviceOptions) {
    this.connection = new DeviceConnection(options.origin, options.fetchUrl ?? fetch);
  }

  get screen(): 'login' | 'app' {
    return this.shown;
  }

  /** Rows that are on this device alone, as far as it knows. */
  get unsyncedRows(): readonly Row[] {
    return this.rows;
  }

  get uploadedCount(): number {
    return this.uploaded;
  }

  /** Rows that were wiped before the device knew them to be uploaded. */
  get lostCount(): number {
    return this.lost;
  }

  /**
   * Signs the user in, and uploads what the device has kept. It connects first, so that a pending wipe comes before it.
   *
   * @throws Error where the backend answers what a device does not expect, such as that there is no such user
   */
  enroll(): Promise<EnrollResult> {
    return this.inTurn(async () => {
      if ((await this.connectNow()) === 'offline') return 'offline';
      const { userId, deviceId } = this.options;
      const answer = await this.post('enroll', { user_id: userId, device_id: deviceId });
      if (answer === undefined) return 'offline';
      if (answer.status === 403) return 'locked';
      this.credentials = readCredentials(answer);
      this.shown = 'app';
      await this.connectNow();
      return 'enrolled';
    });
  }

  /** The user enters something. It needs no connection. @throws Error on the login screen */
  work(row: Row): void {
    this.needsApp();
    this.rows = [...this.rows, row];
  }

  /**
   * Asks the backend how it sees this device, and does as it says: uploads what is not uploaded yet, goes to the login
   * screen, or wipes. Whether the platform uploads before it signs a device out is published nowhere; this one does not.
   *
   * @throws Error where the backend answers what a device does not expect
   */
  connect(): Promise<ConnectResult> {
    return this.inTurn(() => this.connectNow());
  }

  /**
   * The app's own `journey.leaveApp`. It takes effect on the device at once; the backend is told now, or at the next
   * connect.
   *
   * @throws Error on the login screen
   */
  async leaveApp({ keepData }: { readonly keepData: boolean }): Promise<void> {
    this.needsApp();
    this.shown = 'login';
    this.untoldLeave = { keepData };
    if (!keepData) this.wipe();
    await this.connect();
  }

  private async connectNow(): Promise<ConnectResult> {
    if (this.untoldLeave !== undefined) {
      const result = await this.tell('leave', { keep_data: this.untoldLeave.keepData });
      if (result === 'offline') return result;
      this.untoldLeave = undefined;
      if (result === 'RESET') return result;
    }
    const result = await this.tell('connect', {});
    return result === 'ENROLLED' && this.rows.length > 0 ? this.upload() : result;
  }

  private async upload(): Promise<ConnectResult> {
    const sent = new Set(this.rows);
    const result = await this.tell('upload', { rows: [...sent] });
    if (result !== 'ENROLLED') return result;
    // What was entered meanwhile is still to be uploaded, and what was wiped meanwhile is counted already.
    const left = this.rows.filter((row) => !sent.has(row));
    this.uploaded += this.rows.length - left.length;
    this.rows = left;
    return result;
  }

  /** Sends a request with the device's credentials, and does as the answer says. */
  private async tell(action: string, body: object): Promise<ConnectResult> {
    if (this.credentials === undefined) return 'signed out';
    const answer = await this.post(action, body, this.credentials);
    if (answer === undefined) return 'offline';
    if (answer.status === 401) {
      // Such as after an enrolment whose answer was lost: the session has a new token, and this device the old one.
      this.credentials = undefined;
      this.shown = 'login';
      return 'signed out';
    }
    const state = readState(action, answer);
    if (state !== 'ENROLLED') this.shown = 'login';
    if (state === 'RESET') {
      this.wipe();
      this.credentials = undefined;
    }
    return state;
  }

  private async post(action: string, body: object, credentials?: Credentials): Promise<DeviceAnswer | undefined> {
    if (!this.isOnline) return undefined;
    const answer = await this.connection.post(action, body, credentials);
    return this.isOnline ? answer : undefined;
  }

  private wipe(): void {
    this.lost += this.rows.length;
    this.rows = [];
  }

  private needsApp(): void {
    if (this.shown !== 'app') throw new Error('The device shows the login screen: the user is not in the app.');
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(act);
    this.lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

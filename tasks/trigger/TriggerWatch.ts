import type { ActivityState } from '../local/runtime/Activity';
import { chooseParameters, describeOrder } from '../local/runtime/Order';
import type { Order } from '../local/runtime/Order';

/** Follows a trigger, so that who waits for it, or stops it, is told what becomes of it. */
export class TriggerWatch {
  private state: ActivityState | undefined;
  private keepsOrders = false;
  private told = '';

  /**
   * @param deployment what `--deployment` names
   * @param print takes a line for the person who waits
   */
  constructor(
    private readonly deployment: string | undefined,
    private readonly print: (line: string) => void
  ) {}

  /** @param keepsOrders whether a platform goes on with what waits for its time when the command ends */
  see(state: ActivityState, keepsOrders: boolean): void {
    this.state = state;
    this.keepsOrders = keepsOrders;
    const { hasBegun, isRunning, orders } = state;
    if (!hasBegun || isRunning || orders.length === 0) return;
    const end = keepsOrders ? `leaves it to the platform of "npm run local"` : 'loses it';
    const line = `Waiting for ${orders.map(describeOrder).join('; ')}. Ctrl-C ${end}.`;
    if (line !== this.told) this.print(line);
    this.told = line;
  }

  /** What has become of it where Ctrl-C has ended the command, and what to do. */
  describeInterrupt(): string {
    const { hasBegun = false, isRunning = false, orders = [] } = this.state ?? {};
    if (!hasBegun) {
      return `Stopped before the task began. Nothing was changed${orders.length === 0 ? '' : ', and what was ordered does not come'}.`;
    }
    const killed =
      'Stopped. The task was killed while it ran, and users may have been changed. Run it again to do what is missing: for up to 10 minutes that is refused (RUN_UNDER_WAY says how long), because the run counts as under way.';
    return [isRunning ? killed : 'Stopped waiting.', ...this.describeOrders(orders)].join('\n');
  }

  private describeOrders(orders: readonly Order[]): string[] {
    if (orders.length === 0) return [];
    const list = orders.map(describeOrder).join('; ');
    if (this.keepsOrders) return [`The platform of "npm run local" keeps what was ordered: ${list}.`];
    return [
      `Lost with this command: ${list}. Do it yourself:`,
      ...orders.map((order) => `  ${this.showCommand(order)}`)
    ];
  }

  private showCommand(order: Order): string {
    const params = (chooseParameters(order) ?? '{}').replaceAll("'", String.raw`'\''`);
    const deployment = this.deployment === undefined ? '' : ` --deployment ${this.deployment}`;
    return `npm run task -- test ${order.task}${deployment} --params '${params}'`;
  }
}

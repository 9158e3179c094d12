// Whether the guest runs, as the VM would tell: that of a twin stands still, whatever it was told.
import type { Request } from '../qmp/message.ts';
import { isObject, type Json } from '../text/json.ts';

export class RunState {
  /** `status` of query-status; undefined where the VM has none. */
  #status: string | undefined;

  constructor(status: string | undefined) {
    this.#status = status;
  }

  /** A request that goes to the twin. */
  sees({ execute }: Request): void {
    if (this.#status === undefined) return;
    if (execute === 'cont') this.#status = 'running';
    // What stands still for another reason goes on doing so for that one.
    else if (execute === 'stop' && this.#status === 'running') this.#status = 'paused';
  }

  /** The value that the VM would return, by the one that the twin does. */
  answer({ execute }: Request, value: Json): Json {
    if (execute !== 'query-status' || this.#status === undefined || !isObject(value)) return value;
    return { ...value, status: this.#status, running: this.#status === 'running' };
  }
}

// Shows events at the prompt: filtered, and a burst of alike events as one row. The log keeps them all.

import type { QmpEvent } from '../qmp/message.ts';
import type { Clock } from '../qmp/transport.ts';
import { due, NO_BURST, type Shown, take, wakeAt } from '../render/burst.ts';

export class EventFeed {
  readonly #clock: Clock;
  readonly #show: (shown: readonly Shown[]) => void;
  #burst = NO_BURST;
  #timer: (() => void) | undefined;

  constructor(clock: Clock, show: (shown: readonly Shown[]) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  take(event: QmpEvent): void {
    const { burst, show } = take(this.#burst, event, this.#clock.now());
    this.#burst = burst;
    if (show.length > 0) this.#show(show);
    this.#plan();
  }

  close(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #plan(): void {
    const at = wakeAt(this.#burst);
    if (at === undefined || this.#timer) return;
    this.#timer = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#timer = undefined;
      const { burst, show } = due(this.#burst, this.#clock.now());
      this.#burst = burst;
      if (show.length > 0) this.#show(show);
      this.#plan();
    });
  }
}

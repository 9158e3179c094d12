// The interface to the monitors that the prompt holds by name, beside the one it is at.
import type { Exit } from './exit.ts';

export interface HeldMonitor {
  readonly name: string;
  readonly address: string;
  /** The prompt is at it. */
  readonly here: boolean;
  /** Its connection stands. */
  readonly open: boolean;
}

export interface Monitors {
  list(): readonly HeldMonitor[];
  /**
   * Connects to a further monitor and changes over to it; the one before stays connected. Gives the name that that one has
   * got for it, where it had none. Throws a usage error where the name is another monitor's.
   */
  add(name: string, address: string, signal?: AbortSignal, agent?: boolean): Promise<string | undefined>;
  /** Changes over to one of them, which is connected to anew where it was lost. */
  go(name: string, signal?: AbortSignal): Promise<void>;
  /** Runs a line on one of them, without changing over. */
  on(name: string, line: string): Promise<Exit>;
}

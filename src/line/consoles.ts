// The interface to the consoles of a VM that is the shell's own: serial ports and human monitors that its QEMU offers.

/** Why there may be none. */
export const NO_CONSOLE =
  'A QEMU behind -- has those that its own options make: -serial pty, -monitor pty, or -serial unix:PATH,server=on,wait=off.';

export interface ConsoleRow {
  /** As QEMU calls it: `serial0`. */
  readonly name: string;
  /** Where it leads to, in QEMU's words: `pty:/dev/pts/3`. */
  readonly leadsTo: string;
  /** Bytes that it has written and nobody has seen; absent where it is not read. */
  readonly unseen?: { readonly kept: number; readonly dropped: number };
  /** It is gone, and what is left of it can be seen. */
  readonly over: boolean;
}

export interface Consoles {
  /** Those that can be attached to. Asks QEMU. */
  list(): Promise<readonly ConsoleRow[]>;
  /** The names that are known, without asking anybody. */
  names(): readonly string[];
  /** The terminal is at the console until somebody leaves it there, or it ends. Rejects with a QmpshError. */
  attach(name: string): Promise<'left' | 'ended'>;
  /** Leaves it to another program; false where it was not read. */
  free(name: string): boolean;
}

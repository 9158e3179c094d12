// A VM that the shell has started itself and that ends with it.
import type { Practice } from '../io/practice.ts';

export interface Owned {
  /** What the first lines say about it. */
  readonly note: string;
  /** What is lost by leaving, where that must be asked first. */
  readonly loss?: string;
}

export function ownedPractice({ folder }: Practice, kept: boolean): Owned {
  const end = kept ? 'leaving ends it and keeps the folder' : 'removed when you leave';
  return { note: `practice VM in ${folder}, ${end}` };
}

export const OWNED_CHILD: Owned = {
  note: 'this QEMU is a child of the shell: Ctrl-C does not reach it, and leaving ends it',
  loss: 'Leaving ends this QEMU at once: the guest is cut off as if its power failed.',
};

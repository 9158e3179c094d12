// A page's text cut into blocks: each row belongs to a step, to what is expected of one, or to none.
import type { Joined } from './exchange.ts';
import type { Block } from './model.ts';
import type { Row } from './rows.ts';

interface Owner {
  readonly kind: 'step' | 'expected';
  readonly step: number;
}

/** Which step each row belongs to, and as what. */
export function ownersOf(count: number, steps: readonly Joined[]): readonly (Owner | undefined)[] {
  const owners: (Owner | undefined)[] = new Array<Owner | undefined>(count).fill(undefined);
  for (const [step, found] of steps.entries()) {
    for (let i = found.from; i < found.to; i++) owners[i] = { kind: 'step', step };
    for (let i = found.to; i < found.outputTo; i++) owners[i] = { kind: 'expected', step };
    for (const { from, to } of found.later)
      for (let i = from; i < to; i++) owners[i] = { kind: 'expected', step };
  }
  return owners;
}

export function blocksOf(
  rows: readonly Row[],
  owners: readonly (Owner | undefined)[],
  first: number,
  between: 'prose' | 'note',
): Block[] {
  return rows.map((row, i) => {
    const owner = owners[i];
    return owner ? stepBlock(owner.kind, row, first + owner.step) : block(between, row);
  });
}

export function block(kind: 'front' | 'prose' | 'note', { start, end }: Row): Block {
  return { kind, place: { start, end } };
}

function stepBlock(kind: 'step' | 'expected', { start, end }: Row, step: number): Block {
  return { kind, place: { start, end }, step };
}

/** Neighbouring rows of one kind and owner become one block. */
export function merge(blocks: readonly Block[]): Block[] {
  const merged: Block[] = [];
  for (const next of blocks) {
    const last = merged.at(-1);
    const same = last?.kind === next.kind && next.kind !== 'fence' && ownerOf(last) === ownerOf(next);
    if (last && same)
      merged[merged.length - 1] = { ...last, place: { start: last.place.start, end: next.place.end } };
    else merged.push(next);
  }
  return merged;
}

function ownerOf(owned: Block): number {
  return owned.kind === 'step' || owned.kind === 'expected' ? owned.step : -1;
}

/** The rows between two steps that belong to none. */
export function proseBetween(
  rows: readonly Row[],
  owners: readonly (Owner | undefined)[],
  from: number,
  to: number,
): string {
  const kept = rows.slice(from, Math.max(from, to)).filter((_, i) => owners[from + i] === undefined);
  return kept
    .map(row => row.text)
    .join('\n')
    .trim();
}

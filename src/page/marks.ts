// What a row of a document begins with, besides the prompts of steps: `->` and `<-` of QEMU's documents, and prompts of
// others, which are told and left out.

interface Arrow {
  readonly direction: 'out' | 'in';
  /** Offsets in the row: the arrow, and the value behind it. */
  readonly at: number;
  readonly value: number;
}

/** `-> {...}` or `<- {...}`; prose and drawings with an arrow are none. */
export function arrowMark(text: string): Arrow | undefined {
  const found = /^(\s*)(->|<-)(\s*)(?=[{[])/.exec(text);
  if (!found || found[1] === undefined || found[3] === undefined) return undefined;
  const at = found[1].length;
  return { direction: found[2] === '->' ? 'out' : 'in', at, value: at + 2 + found[3].length };
}

/** A line of the human monitor, as documents show it. */
export function hmpMark(text: string): string | undefined {
  return /^\s*\(qemu\)[ \t]+(\S.*)$/.exec(text)?.[1]?.trimEnd();
}

/** Whether a row ends the output of the step above it. */
export function isMark(text: string): boolean {
  return arrowMark(text) !== undefined || hmpMark(text) !== undefined;
}

const PROGRAM = /^(?:(?:sudo|exec|env|nice|[A-Za-z_]\w*=\S*)\s+)*(?:\S*\/)?([\w.+-]+)(?=\s|$)/;

/** Why a `$` line would never come to an end by itself; undefined for all that do. */
export function endless(line: string): string | undefined {
  const program = PROGRAM.exec(line)?.[1] ?? '';
  const words = line.split(/\s+/).slice(1);
  if (/^qmp-shell(-wrap)?$/.test(program)) return 'it opens a prompt of its own';
  if (!/^(qemu-system-[\w-]+|qemu-kvm|kvm|qemu-storage-daemon)$/.test(program)) return undefined;
  const ends = /^--?(daemonize|version|help|h|V|\?)$/;
  const asks = words.some(word => ends.test(word) || /^(help|\?)$|[=,](help|\?)$/.test(word));
  return asks || /[&]\s*$/.test(line) || /[|;]/.test(line) ? undefined : 'it starts QEMU in the foreground';
}

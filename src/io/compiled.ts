// Tells bin/qmpsh.cjs that what a run of some kind needs has been compiled, so that it is kept for the next start.
const KEEP = Symbol.for('qmpsh.compiled');

export type RunKind = 'batch' | 'prompt' | 'play' | 'json';

/** To be called when a run has done what such runs do. Does nothing where that is kept already. */
export function compiled(kind: RunKind): void {
  const keep: unknown = Reflect.get(globalThis, KEEP);
  Reflect.deleteProperty(globalThis, KEEP);
  if (typeof keep === 'function') keep(kind);
}

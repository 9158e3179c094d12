// What the doctor has found: what is seen, why it matters, and what to do as lines that are shown and never run.

export interface Remedy {
  /** What the lines do, as it stands before them. */
  readonly what: string;
  /** Lines as they are typed at the prompt; `$ ` stands before those for this host's shell. None where no line helps. */
  readonly lines: readonly string[];
  /** Lines for the prompt that try those on a twin of the VM, where a twin can tell. */
  readonly rehearse?: readonly string[];
}

export interface Finding {
  /** For programs: `job-ready`, `node-unused` ... */
  readonly kind: string;
  /** The job, node, file or process that it is about. */
  readonly about: string;
  /** One sentence without a full stop at its end. */
  readonly seen: string;
  /** Seconds for which that is known to be so, at least. */
  readonly seconds?: number;
  /** Whole sentences. */
  readonly why: string;
  /** The one that is right most often first. */
  readonly remedies: readonly Remedy[];
}

// What a program says of a play, and what it gets back.
import type { Exit } from '../line/exit.ts';
import type { Json } from '../text/json.ts';

export interface PlayOptions {
  /** Breaks the play off; what was done is undone. */
  readonly signal?: AbortSignal;
  /** Let the page run commands on this host (`$` lines); else a page that has some does not begin. */
  readonly allowShell?: boolean;
  /** Let the page do what libvirt does not learn of, on a domain of libvirt's; else a page that does does not begin. */
  readonly yes?: boolean;
  /** Where its commands run and its files are looked for; the current folder unless given. */
  readonly folder?: string;
  /** Told each row of the report as it comes, as `qmpsh play --json` prints them. */
  readonly report?: (row: Json) => void;
}

export interface Played {
  /** 0: every step did what it should; else the exit status that `qmpsh play` has. */
  readonly status: Exit;
  /** The rows of the report. */
  readonly report: readonly Json[];
}

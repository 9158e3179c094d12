// A page as data: a text cut into blocks, and what its steps, sections and parameters are. Macro, recording,
// lesson, test and document are one thing.
import type { Json } from '../text/json.ts';
import type { Place } from '../text/span.ts';
import type { Effect, Mistake } from './aids.ts';
import type { Pattern } from './pattern.ts';

/** A fault of the page itself, found by reading it. `row` counts from 1. */
export interface PageProblem {
  readonly row: number;
  readonly message: string;
  readonly advice?: string;
}

/** What a parameter's value is; decides its type, and what completion and the form offer for it. */
export const PARAM_KINDS = [
  'text',
  'node',
  'job',
  'device',
  'bitmap',
  'export',
  'file',
  'size',
  'number',
  'flag',
  'list',
] as const;
export type ParamKind = (typeof PARAM_KINDS)[number];

export interface Param {
  readonly name: string;
  readonly help?: string;
  /** Absent: the schema decides where the value lands. */
  readonly kind?: ParamKind;
  /** Taken when none is given; a text may name earlier parameters (`$node-copy`). Absent: required. */
  readonly default?: Json;
  readonly choices?: readonly string[];
  readonly row: number;
}

/** The throw-away VM a page is for. */
export interface PracticeSpec {
  /** Size of the disk `a.qcow2`, as for qemu-img: `39M`. */
  readonly disk?: string;
  /** Sizes of further disks. */
  readonly disks?: readonly string[];
  /** Further arguments for QEMU. */
  readonly args?: readonly string[];
  /** The parameter that gets the address of a second VM, which has an empty disk of the same size and awaits a migration. */
  readonly second?: string;
}

/** When a fence runs: `if=then==complete`, `if=compress` (set, and not off, no, false, 0 or empty). */
export interface Condition {
  readonly name: string;
  readonly operator: '==' | '!=' | 'set' | 'unset';
  readonly value: string;
}

/** A fence of steps, in the order of the page. Text that is not Markdown is one fence without marks. */
export interface Fence {
  readonly index: number;
  readonly row: number;
  readonly group: 'main' | 'on-failure' | 'try';
  readonly when?: Condition;
  /** `on=to`: its `(QEMU)` steps go to the monitor whose address the parameter holds. */
  readonly on?: string;
  /** `each=name:names`: the fence runs once for each value of a list. */
  readonly each?: { readonly name: string; readonly list: string };
}

/** What a page says comes back from a step. */
export type Expected =
  | {
      readonly kind: 'request' | 'reply' | 'event';
      readonly pattern: Pattern;
      readonly row: number;
      readonly place: Place;
    }
  | { readonly kind: 'text'; readonly lines: readonly string[]; readonly row: number; readonly place: Place }
  /** Output that cannot be read as JSON, or is no QMP message: said, never compared. */
  | {
      readonly kind: 'malformed';
      readonly text: string;
      readonly message: string;
      readonly row: number;
      readonly place: Place;
    };

export interface Step {
  /** Position in the page's list of steps, from 0. */
  readonly index: number;
  /** `qmp` and `word` stand behind `(QEMU) `, `shell` behind `$ `. */
  readonly kind: 'qmp' | 'shell' | 'word';
  /** Without the prompt; may hold newlines. Parameters are not filled in. */
  readonly text: string;
  /** The step's rows in the page, prompt and line end included. */
  readonly place: Place;
  readonly row: number;
  /** What a reader reads before it, as Markdown. */
  readonly prose: string;
  /** Titles from the outermost section in. */
  readonly section: readonly string[];
  readonly expected: readonly Expected[];
  /** Where the expected output stands, or would be put. */
  readonly expectedPlace: Place;
  /** What stands before the prompt in its row. */
  readonly indent: string;
  /** ` &` at the end: the page does not wait for the job this starts. */
  readonly background: boolean;
  readonly fence: Fence;
  readonly group: Fence['group'];
  /** For a `try` step: shown one at a time. */
  readonly hints: readonly string[];
  /** For a `try` step: lines that are not it, with what they deserve to hear. */
  readonly mistakes: readonly Mistake[];
  /** For a `try` step: what holds once it has had its effect. */
  readonly effects: readonly Effect[];
  /** For a `try` step: the rows of the block graph's picture afterwards. */
  readonly picture?: readonly string[];
}

/** A piece of the page's text. Together the blocks are the whole text, each byte in exactly one. */
export type Block =
  | { readonly kind: 'front' | 'prose' | 'note'; readonly place: Place }
  | { readonly kind: 'mark'; readonly place: Place; readonly fence: Fence }
  | { readonly kind: 'step' | 'expected'; readonly place: Place; readonly step: number };

export interface Section {
  readonly title: string;
  readonly level: number;
  readonly row: number;
}

export interface Page {
  readonly name: string;
  readonly text: string;
  readonly markdown: boolean;
  readonly title?: string;
  /** What the page teaches or does, in one line. */
  readonly about?: string;
  readonly params: readonly Param[];
  readonly practice?: PracticeSpec;
  /** What a reader reads below the last step, as Markdown. */
  readonly closing: string;
  readonly blocks: readonly Block[];
  readonly steps: readonly Step[];
  readonly fences: readonly Fence[];
  readonly sections: readonly Section[];
  readonly problems: readonly PageProblem[];
}

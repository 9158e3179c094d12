// A page as data: a text cut into blocks, and what its steps, sections and parameters are. Macro, recording,
// lesson, test and document are one thing.
import type { Json } from '../text/json.ts';
import type { Place } from '../text/place.ts';
import type { Effect, Mistake } from './aids.ts';
import type { Exemption } from './exemption.ts';
import type { Pattern, Slip } from './pattern.ts';

/** A fault of the page itself, found by reading it. `row` counts from 1. */
export interface PageProblem {
  readonly row: number;
  readonly place?: Place;
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
  'nodes',
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
  /** Names of the disks' nodes, in order; without one: node-A, node-B and so on. */
  readonly nodes?: readonly string[];
  /** Names of the nodes of their files, in order; without one, or with an empty one, QEMU makes one up. */
  readonly files?: readonly string[];
  /** Names of the disks' images, in order; without one: a.qcow2, b.qcow2 and so on. */
  readonly images?: readonly string[];
  /** The nodes of disks that no device uses, as the target of a backup must be. */
  readonly loose?: readonly string[];
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
  /** From its first step on, nothing above it is undone. */
  readonly keep?: true;
  /** `rm` lines in it remove only what the page has made. */
  readonly tidy?: true;
  /** `on=to`: its `(QEMU)` steps go to the monitor whose address the parameter holds. */
  readonly on?: string;
  /** `each=name:names`: the fence runs once for each value of a list. */
  readonly each?: { readonly name: string; readonly list: string };
}

/** A QMP message that a page shows. */
export interface Shown {
  readonly kind: 'request' | 'reply' | 'event';
  readonly pattern: Pattern;
  readonly row: number;
  readonly place: Place;
  /** Read all the same, and yet no JSON. */
  readonly slips?: readonly Slip[];
  /** It stands behind `->` or `<-`. */
  readonly arrow?: true;
}

/** What a page says comes back from a step. */
export type Expected =
  | Shown
  | { readonly kind: 'text'; readonly lines: readonly string[]; readonly row: number; readonly place: Place }
  /** Output that cannot be read as JSON, or is no QMP message: said, never compared. */
  | {
      readonly kind: 'malformed';
      readonly text: string;
      readonly message: string;
      readonly row: number;
      readonly place: Place;
      /** Where it stops being JSON. */
      readonly at?: number;
      readonly arrow?: true;
    };

/** A message that belongs to no step: an event by itself, or another reply than the first. */
export interface Loose {
  readonly expected: Expected;
  /** The request that it may answer. */
  readonly step?: Step;
}

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
  /** The request as the document shows it, for a step that stands behind `->`. Not whole where it holds `...`. */
  readonly shown?: Expected;
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
  | { readonly kind: 'fence'; readonly place: Place; readonly fence: Fence }
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
  /** Requests shown in a Markdown text outside of its qmp fences: checked, never played. */
  readonly examples: readonly Step[];
  readonly loose: readonly Loose[];
  /** The document shows requests behind `->` and was not written to be played as a whole. */
  readonly showsOnly: boolean;
  /** What its header says of places that are not to be played, or not to be true. */
  readonly exemptions: readonly Exemption[];
  /** Rows that look like steps and are none, with the reason. */
  readonly notes: readonly PageProblem[];
  readonly fences: readonly Fence[];
  readonly sections: readonly Section[];
  readonly problems: readonly PageProblem[];
}

// What one play reads, each thing once: the page folders, its lines, and the calls of the pages it plays.
import { findPages, type PageFile } from '../io/pages.ts';
import type { Line } from '../language/line.ts';
import { meaningOf } from '../language/parse.ts';
import { readLine, type Tree } from '../language/tokens.ts';
import type { Schema } from '../schema/model.ts';
import { type PlayCall, readInner } from './call.ts';

/** What it reads with, where that is not the folders of this host. */
interface Readers {
  readonly pages: () => readonly PageFile[];
  readonly line: (text: string) => Tree;
}

/**
 * Shared by all that looks at a page before and while it is played: its check, the question about host commands, the
 * dry run, the performance, the undo, and the pages inside. Lines are kept by their text with the values in it.
 */
export class Reading {
  readonly #readers: Readers;
  readonly #trees = new Map<string, Tree>();
  readonly #calls = new Map<string, PlayCall>();
  #pages: readonly PageFile[] | undefined;

  constructor(readers: Partial<Readers> = {}) {
    this.#readers = { pages: findPages, line: readLine, ...readers };
  }

  /** The pages that are words. */
  get pages(): readonly PageFile[] {
    this.#pages ??= this.#readers.pages();
    return this.#pages;
  }

  /** A line as a tree. */
  tree(text: string): Tree {
    const tree = this.#trees.get(text) ?? this.#readers.line(text);
    this.#trees.set(text, tree);
    return tree;
  }

  /** What a line means. Only its tree is kept: a schema that learns properties gives it another meaning. */
  line(text: string, schema?: Schema): Line {
    return meaningOf(this.tree(text), schema);
  }

  /** The same of a line with values that are only tried: what is wrong with it as it stands. */
  attempt(text: string, schema?: Schema): Line {
    return meaningOf(this.tree(text), schema, { cause: false });
  }

  /** A word in a page that plays another one. Throws a usage error. */
  call(text: string): PlayCall {
    const call = this.#calls.get(text) ?? readInner(text);
    this.#calls.set(text, call);
    return call;
  }
}

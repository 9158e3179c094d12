/** The texts of a shell word that the help shows. */
export interface WordFacts {
  /** With its dot: `.help`. */
  readonly name: string;
  /** Arguments as the help shows them: `[on|off|FILTER ...]`. */
  readonly usage: string;
  /** One line. */
  readonly help: string;
  /** Further rows for `.help .word`: what it does in full, with an example. */
  readonly more: readonly string[];
  /** It is about QEMU: a guest agent has nothing of the kind. */
  readonly ofQemu?: true;
}

/** The word of that name, with or without its dot; `?` is help. */
export function wordNamed<T extends WordFacts>(name: string, words: readonly T[]): T | undefined {
  const dotted = name === '?' ? '.help' : name.startsWith('.') ? name : `.${name}`;
  return words.find(word => word.name === dotted);
}

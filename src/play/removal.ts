// The `$` lines of an undo that remove files, read: which files they remove.

/** The files that a line removes; `unclear` where it removes something and it cannot be told what. */
export type Removal = { readonly files: readonly string[] } | 'unclear' | undefined;

const REMOVES = /(?:^|[^\w.-])(?:rm|unlink|shred|rmdir)(?![\w.-])|\s-delete\b/;
/** Options of rm that change neither what is removed nor whether folders are. */
const OPTIONS = /^(?:-[fiIv]+|--force|--verbose|--interactive(?:=\w+)?)$/;

/** Reads a host command: only `rm` with plain file names is understood. */
export function removalOf(line: string): Removal {
  if (!REMOVES.test(line)) return undefined;
  const words = plainWords(line.trim());
  if (!words || !/^(?:\/bin\/|\/usr\/bin\/)?(?:rm|unlink)$/.test(words[0] ?? '')) return 'unclear';
  const files: string[] = [];
  let options = true;
  for (const word of words.slice(1)) {
    if (options && word === '--') options = false;
    else if (options && word.startsWith('-')) {
      if (!OPTIONS.test(word)) return 'unclear';
    } else files.push(word);
  }
  return files.length === 0 || files.some(file => file === '' || file.endsWith('/')) ? 'unclear' : { files };
}

/**
 * The words of a command that holds nothing but words and quotes; undefined where a shell would do more with it.
 * page/shellwords.ts finds the places of names, and lets pass what a shell would expand.
 */
export function plainWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  const piece = /([^\s'"\\$`;&|<>(){}*?[\]~#!]+)|'([^']*)'|"([^"\\$`!]*)"|\\([^\n])/y;
  let at = 0;
  while (at < line.length) {
    const blank = /[ \t]+/y;
    blank.lastIndex = at;
    if (blank.test(line)) {
      at = blank.lastIndex;
      continue;
    }
    let word = '';
    for (;;) {
      piece.lastIndex = at;
      const found = piece.exec(line);
      if (!found) break;
      word += found[1] ?? found[2] ?? found[3] ?? found[4] ?? '';
      at = piece.lastIndex;
    }
    if (at < line.length && !/[ \t]/.test(line[at] ?? '')) return undefined;
    words.push(word);
  }
  return words;
}

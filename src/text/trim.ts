// Ends of texts without patterns: /\n+$/ looks at each run of newlines from each of its places.

/** The text without the newlines (or other such characters) at its end. */
export function trimTail(text: string, mark = '\n'): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === mark) end -= 1;
  return text.slice(0, end);
}

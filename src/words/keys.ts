// The table of keys that `.help keys` shows.

export const KEYS: readonly {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}[] = [
  {
    title: 'Run and complete',
    rows: [
      ['Enter', 'run the line as it is typed; with an open bracket or quote, a further row'],
      ['Alt-Enter', 'a further row'],
      ['Tab', 'complete; again: the next candidate'],
      ['Shift-Tab', 'the candidate before'],
      ['Right, End, Ctrl-E', 'take the grey suggestion, at the end of the line'],
      ['Esc', 'close the menu'],
      ['Ctrl-C', 'drop the line, or stop waiting: what was sent stays; a page is broken off and undone'],
      ['Ctrl-D', 'on an empty line: leave; only a VM that the shell started ends'],
    ],
  },
  {
    title: 'Lines typed before',
    rows: [
      ['Up, Down', 'the line before or after that begins with what is typed'],
      ['Ctrl-R, Ctrl-S', 'search backwards, forwards'],
      ['Alt-<, Alt->', 'the oldest line, and back to the new one'],
      ['Alt-.', 'the last argument of the line before'],
    ],
  },
  {
    title: 'Move and change (emacs keys; .set keys vi for vi)',
    rows: [
      ['Ctrl-A, Ctrl-E', 'start and end of the row'],
      ['Alt-B, Alt-F', 'a word back, a word on'],
      ['Ctrl-W, Alt-D', 'cut the word before, the word behind'],
      ['Ctrl-U, Ctrl-K', 'cut to the start, to the end of the row'],
      ['Ctrl-Y, Alt-Y', 'put back what was cut; the cut before it'],
      ['Ctrl-_, Alt-_', 'undo, redo'],
      ['Ctrl-T, Alt-T', 'swap two letters, two words'],
      ['Ctrl-X Ctrl-E', 'edit the line in $VISUAL'],
      ['Ctrl-L', 'clear the screen'],
      ['Ctrl-Z', 'suspend; fg comes back'],
    ],
  },
];

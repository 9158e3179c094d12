// What stands below a `qmp try` fence for its reader: hints, expected mistakes, checks of the effect, and the picture
// of the block graph that the step leaves.

/** A line that a reader may well type, and what it deserves to hear. */
export interface Mistake {
  /** As it would be typed; a `$` line begins with `$ `. */
  readonly line: string;
  readonly text: string;
}

/** Something that holds once the step has had its effect, whatever line had it. */
export interface Effect {
  /** A query of QEMU's, or a `$` line of this host whose exit status says it. */
  readonly line: string;
  /** What `.expect` would demand of the query's reply: `QUERY OP VALUE`. Absent for a `$` line. */
  readonly expect?: string;
}

export interface Aids {
  readonly hints: readonly string[];
  readonly mistakes: readonly Mistake[];
  readonly effects: readonly Effect[];
  readonly picture?: readonly string[];
}

interface TakenAids {
  readonly aids: Aids;
  /** The prose without them. */
  readonly rest: string;
  /** What is wrong with them, as sentences with advice. */
  readonly faults: readonly { readonly message: string; readonly advice: string }[];
}

const AID = /^\s*(hint|wrong|effect):\s*/i;
const PICTURE = /^```graph[ \t]*\n/m;
const PICTURE_END = /^```[ \t]*(?:\n|$)/m;

/**
 * Takes the paragraphs that begin with `hint:`, `wrong:` or `effect:`, and a fence tagged `graph`, out of prose.
 * `` wrong: `LINE` What it deserves to hear. ``, `` effect: `LINE` `QUERY OP VALUE` ``, `` effect: `$ LINE` ``.
 */
export function takeAids(prose: string): TakenAids {
  const hints: string[] = [];
  const mistakes: Mistake[] = [];
  const effects: Effect[] = [];
  const faults: { message: string; advice: string }[] = [];
  const { picture, text: words } = takePicture(prose);
  const rest: string[] = [];
  for (const paragraph of words.split(/\n[ \t]*\n/)) {
    const found = AID.exec(paragraph);
    const text = paragraph.slice(found?.[0].length ?? 0).trim();
    switch (found?.[1]?.toLowerCase()) {
      case 'hint':
        hints.push(text);
        break;
      case 'wrong': {
        const [line, after = ''] = codeSpan(text);
        if (line !== undefined && after !== '') mistakes.push({ line, text: after });
        else
          faults.push({
            message: 'a wrong: paragraph holds no line, or no sentence about it',
            advice: 'Write: wrong: `LINE` What it deserves to hear.',
          });
        break;
      }
      case 'effect': {
        const [line, after = ''] = codeSpan(text);
        const [expect, end = ''] = codeSpan(after);
        const onHost = line?.startsWith('$ ') === true;
        if (
          line !== undefined &&
          end === '' &&
          (expect !== undefined) !== onHost &&
          !(onHost && after !== '')
        )
          effects.push({ line, ...(expect === undefined ? {} : { expect }) });
        else
          faults.push({
            message: 'an effect: paragraph holds no check',
            advice: 'Write: effect: `query-...` `QUERY == VALUE`, or: effect: `$ COMMAND`',
          });
        break;
      }
      default:
        rest.push(paragraph);
    }
  }
  const aids = { hints, mistakes, effects, ...(picture ? { picture } : {}) };
  return { aids, rest: rest.join('\n\n').trim(), faults };
}

export function hasAids({ hints, mistakes, effects, picture }: Aids): boolean {
  return hints.length + mistakes.length + effects.length > 0 || picture !== undefined;
}

function takePicture(prose: string): { readonly picture?: readonly string[]; readonly text: string } {
  const open = PICTURE.exec(prose);
  if (open === null) return { text: prose };
  const inside = prose.slice(open.index + open[0].length);
  const close = PICTURE_END.exec(inside);
  if (close === null) return { text: prose };
  const rest = inside.slice(close.index + close[0].length);
  return {
    picture: inside.slice(0, close.index).trimEnd().split('\n'),
    text: prose.slice(0, open.index) + rest,
  };
}

/** The code span that a text begins with (its newlines are blanks), and what follows. */
function codeSpan(text: string): [code: string | undefined, rest: string] {
  const [mark = '', ...others] = text.startsWith('`') ? [...text.matchAll(/`+/g)] : [];
  const open = mark[0] ?? '';
  const close = others.find(([other]) => other === open);
  if (close === undefined) return [undefined, text];
  const code = text
    .slice(open.length, close.index)
    .replace(/\s+/g, blank => (blank.includes('\n') ? ' ' : blank));
  const bare = /^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code;
  return [bare.trim(), text.slice(close.index + open.length).trim()];
}

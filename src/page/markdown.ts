// The fences of a Markdown text (CommonMark, section "Fenced code blocks"). Only those tagged `qmp` hold steps.
import type { Condition, Fence, PageProblem } from './model.ts';
import type { Row } from './rows.ts';

interface FoundFence {
  readonly fence: Fence;
  /** Rows by their index: the opening mark, and the closing one (or the end of the text). */
  readonly open: number;
  readonly close: number;
}

interface Layout {
  readonly fences: readonly FoundFence[];
  /** Indexes of rows that are prose: in no fence of any kind and in no comment. */
  readonly prose: readonly number[];
}

const OPENING = /^( *)(`{3,}|~{3,})([^`]*)$/;

/** Finds the fences from row `from` on. */
export function findFences(
  rows: readonly Row[],
  from: number,
  problem: (problem: PageProblem) => void,
): Layout {
  const fences: FoundFence[] = [];
  const prose: number[] = [];
  let i = from;
  let comment = false;
  while (i < rows.length) {
    const row = rows[i];
    if (!row) break;
    if (comment || /^ {0,3}<!--/.test(row.text)) {
      comment = !row.text.includes('-->', comment ? 0 : row.text.indexOf('<!--') + 4);
      i += 1;
      continue;
    }
    const opening = OPENING.exec(row.text);
    const info = opening?.[3]?.trim() ?? '';
    if (!opening?.[2] || opening[1] === undefined) {
      prose.push(i);
      i += 1;
      continue;
    }
    const isQmp = /^qmp(\s|$)/.test(info);
    if (opening[1].length > 3) {
      if (isQmp) {
        problem({
          row: row.number,
          message: 'this qmp fence is indented and is not run',
          advice: 'Begin it in the first column; a fence inside a list is not a step.',
        });
      }
      prose.push(i);
      i += 1;
      continue;
    }
    const close = closing(rows, i, opening[2]);
    if (isQmp) {
      if (close === rows.length) {
        problem({
          row: row.number,
          message: 'this fence is never closed',
          advice: `Put ${opening[2]} in a row of its own behind the last step.`,
        });
      }
      fences.push({ fence: describe(fences.length, row.number, info, problem), open: i, close });
    }
    i = close + 1;
  }
  return { fences, prose };
}

const CLOSING = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;

function closing(rows: readonly Row[], open: number, mark: string): number {
  for (let i = open + 1; i < rows.length; i++) {
    const found = CLOSING.exec(rows[i]?.text ?? '')?.[1];
    if (found !== undefined && found[0] === mark[0] && found.length >= mark.length) return i;
  }
  return rows.length;
}

/** What the words behind the opening mark mean: `qmp on-failure`, `qmp try`, `qmp keep`, `qmp tidy`, `if=...`, `each=...`. */
function describe(index: number, row: number, info: string, problem: (problem: PageProblem) => void): Fence {
  let group: Fence['group'] = 'main';
  let when: Condition | undefined;
  let each: Fence['each'];
  let on: string | undefined;
  let keep = false;
  let tidy = false;
  for (const word of info.split(/\s+/).slice(1)) {
    const condition = /^if=(!?)([A-Za-z_][\w-]*)(?:(==|!=)(.*))?$/.exec(word);
    const loop = /^each=([A-Za-z_]\w*):([A-Za-z_]\w*)$/.exec(word);
    if (word === 'on-failure' || word === 'try') group = word;
    else if (word === 'keep') keep = true;
    else if (word === 'tidy') tidy = true;
    else if (condition?.[2] && !(condition[1] && condition[3])) {
      const operator =
        condition[3] === '==' || condition[3] === '!=' ? condition[3] : condition[1] ? 'unset' : 'set';
      when = { name: condition[2], operator, value: condition[4] ?? '' };
    } else if (loop?.[1] && loop[2]) each = { name: loop[1], list: loop[2] };
    else if (/^on=[A-Za-z_]\w*$/.test(word)) on = word.slice(3);
    else {
      problem({
        row,
        message: `a qmp fence knows no ${JSON.stringify(word)}`,
        advice:
          'It may say on-failure, try, keep, tidy, if=NAME, if=!NAME, if=NAME==VALUE, if=NAME!=VALUE, each=NAME:LIST and on=NAME.',
      });
    }
  }
  if ((keep || tidy) && group !== 'main')
    problem({
      row,
      message: `a fence is ${group} or ${keep ? 'keep' : 'tidy'}, not both`,
      advice: keep
        ? 'keep marks steps after which nothing above them is undone.'
        : 'tidy marks steps that remove what the page has made; an undo does that anyway.',
    });
  return {
    index,
    row,
    group,
    ...(keep ? { keep } : {}),
    ...(tidy ? { tidy } : {}),
    ...(when ? { when } : {}),
    ...(each ? { each } : {}),
    ...(on ? { on } : {}),
  };
}

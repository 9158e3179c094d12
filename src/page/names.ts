// The names in a page's steps: `$name` and `${name}`. `$$` is a dollar; so is one that no name follows.
import type { Fence, Page, PageProblem, Step } from './model.ts';

export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly start: number }
  | { readonly kind: 'name'; readonly name: string; readonly start: number }
  | { readonly kind: 'wrong'; readonly text: string; readonly start: number };

/** A name that every page has: a word that no other run has, for the names of nodes and jobs. */
export const RUN = 'run';

/** Cuts a step's text at its names. `wrong` is a `${` that no name and `}` follow. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let done = 0;
  const plain = (end: number, extra = '') => {
    const more = text.slice(done, end) + extra;
    const last = found.at(-1);
    if (more === '') return;
    if (last?.kind === 'text') found[found.length - 1] = { ...last, text: last.text + more };
    else found.push({ kind: 'text', text: more, start: done });
  };
  for (const match of text.matchAll(/\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\}|(\{))/g)) {
    const name = match[1] ?? match[2];
    plain(match.index, match[0] === '$$' ? '$' : '');
    if (name !== undefined) found.push({ kind: 'name', name, start: match.index });
    else if (match[3]) found.push({ kind: 'wrong', text: match[0], start: match.index });
    done = match.index + match[0].length;
  }
  plain(text.length);
  return found;
}

/** The names a text holds. */
export function namesIn(text: string): string[] {
  return [...new Set(pieces(text).flatMap(piece => (piece.kind === 'name' ? [piece.name] : [])))];
}

/** The name that a `.let` step gives a value to, and its query. */
export function letOf(
  step: Pick<Step, 'kind' | 'text'>,
): { readonly name: string; readonly query: string } | undefined {
  const found =
    step.kind === 'word' ? /^\.let\s+([A-Za-z_]\w*)\s*=(?!=)\s*([\s\S]*\S)\s*$/.exec(step.text) : undefined;
  return found?.[1] && found[2] ? { name: found[1], query: found[2] } : undefined;
}

/** Every name that is used before anything gives it a value, and every `.let` that cannot be read. */
export function checkNames(page: Page): PageProblem[] {
  const problems: PageProblem[] = [];
  const known = new Set([RUN]);
  for (const param of page.params) {
    if (typeof param.default === 'string') use(param.default, param.row, `the default of ${param.name}`);
    if (known.has(param.name))
      problems.push({ row: param.row, message: `parameter ${param.name} stands here twice` });
    known.add(param.name);
  }
  const stepsOf = new Map<Fence, Step[]>(page.fences.map(fence => [fence, []]));
  for (const step of page.steps) stepsOf.get(step.fence)?.push(step);
  for (const fence of page.fences) {
    const loop = fence.each;
    for (const name of [fence.when?.name, ...namesIn(fence.when?.value ?? ''), loop?.list, fence.on]) {
      if (name !== undefined && !known.has(name)) problems.push(unknown(name, fence.row, known));
    }
    const own = loop && !known.has(loop.name) ? loop.name : undefined;
    if (own) known.add(own);
    for (const step of stepsOf.get(fence) ?? []) {
      use(step.text, step.row, 'the step');
      const given = letOf(step);
      if (given) known.add(given.name);
      else if (step.kind === 'word' && /^\.let(\s|$)/.test(step.text)) {
        problems.push({ row: step.row, message: '.let is not complete', advice: 'Write .let NAME = QUERY.' });
      }
    }
    if (own) known.delete(own);
  }
  return problems;

  function use(text: string, row: number, where: string): void {
    for (const piece of pieces(text)) {
      if (piece.kind === 'name' && !known.has(piece.name)) problems.push(unknown(piece.name, row, known));
      if (piece.kind === 'wrong') {
        problems.push({
          row,
          message: `\${ in ${where} is no parameter`,
          advice: `Write \${NAME} for one, and $\${ for the characters.`,
        });
      }
    }
  }
}

/** Names that a problem lists; more say nothing. */
const LISTED = 12;

function unknown(name: string, row: number, known: ReadonlySet<string>): PageProblem {
  const names: string[] = [];
  for (const one of known) if (names.length < LISTED) names.push(`$${one}`);
  const more = known.size > LISTED ? ` and ${known.size - LISTED} more` : '';
  return {
    row,
    message: `$${name} has no value here`,
    advice: `Known are ${names.join(', ')}${more}; write $$${name} for the characters themselves.`,
  };
}

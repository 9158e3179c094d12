// Prose of a page, which is Markdown, for a terminal of a given width.
import type { Token, Tokens } from 'marked';
import { lineWidth, span, wrapLine } from '../text/line.ts';
import { safe } from '../text/safe.ts';
import type { Role, Span, StyledLine } from '../text/style.ts';
import { table } from '../text/table.ts';

/** Text is easiest to read at this width, however wide the screen is. */
const PROSE_CELLS = 88;

// The Markdown reader takes time with the square of a paragraph, and goes as deep as its quotes and lists. No prose is
// of that kind: it is shown as it stands.
const LONGEST = 16_000;
const NESTED = /^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*){33}/m;

/**
 * Markdown as styled lines: headings, emphasis, code, lists, quotes, tables, rules. HTML is shown as it stands, except
 * comments, which are not. The Markdown reader is loaded on the first call.
 */
export async function renderMarkdown(text: string, width: number): Promise<readonly StyledLine[]> {
  if (tooMuchMarkdown(text))
    return paragraphs([span(safe(text, { keepNewlines: true }))], Math.max(8, Math.min(width, PROSE_CELLS)));
  const { lexer } = await import('marked');
  return blocks(lexer(text), Math.max(8, Math.min(width, PROSE_CELLS)), Math.max(8, width));
}

/** Whether the Markdown reader would take too long for it. */
export function tooMuchMarkdown(text: string): boolean {
  return NESTED.test(text) || text.split(/\n[ \t]*\n/).some(paragraph => paragraph.length > LONGEST);
}

function blocks(tokens: readonly Token[], width: number, screen: number): readonly StyledLine[] {
  const out: StyledLine[] = [];
  for (const token of tokens) {
    const lines = block(token, width, screen);
    if (lines.length === 0) continue;
    if (out.length > 0) out.push([]);
    for (const line of lines) out.push(line);
  }
  return out;
}

function block(token: Token, width: number, screen: number): readonly StyledLine[] {
  if (isHeading(token)) {
    const lines = wrapLine(trimEnd(inline(token.tokens, 'title')), width);
    const under = token.depth === 1 ? '═' : token.depth === 2 ? '─' : '';
    const long = lines.reduce((most, row) => Math.max(most, lineWidth(row)), 0);
    return under === '' ? lines : [...lines, [span(under.repeat(long), 'dim')]];
  }
  if (isParagraph(token)) return paragraphs(inline(token.tokens), width);
  if (isCode(token)) return code(token.text, screen);
  if (isList(token)) return listItems(token, width, screen);
  if (isQuote(token)) {
    return blocks(token.tokens, Math.max(8, width - 2), screen - 2).map(row => [span('│ ', 'dim'), ...row]);
  }
  if (isTable(token)) return tableRows(token, screen);
  if (token.type === 'hr') return [[span('─'.repeat(width), 'dim')]];
  if (token.type === 'html') {
    const shown = token.raw.replace(/<!--[\s\S]*?(-->|$)/g, '').trim();
    return shown === '' ? [] : paragraphs([span(safe(shown, { keepNewlines: true }))], width);
  }
  if (token.type === 'space' || token.type === 'def') return [];
  const inner =
    'tokens' in token && Array.isArray(token.tokens) ? inline(token.tokens) : [span(tidy(token.raw))];
  return paragraphs(inner, width);
}

/** A hard break in a paragraph (`\n` in a span's text) begins a row. */
function paragraphs(spans: readonly Span[], width: number): readonly StyledLine[] {
  const rows: Span[][] = [[]];
  for (const part of spans) {
    for (const [i, text] of part.text.split('\n').entries()) {
      if (i > 0) rows.push([]);
      if (text !== '') rows.at(-1)?.push({ ...part, text });
    }
  }
  return rows.flatMap(row => wrapLine(row, width));
}

function trimEnd(spans: readonly Span[]): readonly Span[] {
  const last = spans.at(-1);
  return last === undefined ? spans : [...spans.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

// Code is not wrapped at blanks: it is what somebody types. A row that is too long is torn at the screen's edge.
function code(text: string, screen: number): readonly StyledLine[] {
  return safe(text, { keepNewlines: true })
    .replace(/\n$/, '')
    .split('\n')
    .flatMap(row => wrapLine([span('    '), ...codeRow(row)], screen, 6));
}

function codeRow(row: string): readonly Span[] {
  const prompt = /^(\(QEMU\) |\$ )(.*)$/.exec(row);
  if (prompt === null) return [span(row, 'string')];
  return [span(prompt[1] ?? '', 'prompt'), span(prompt[2] ?? '', 'command')];
}

function listItems(token: Tokens.List, width: number, screen: number): readonly StyledLine[] {
  const first = typeof token.start === 'number' ? token.start : 1;
  const widest = `${first + token.items.length - 1}. `.length;
  return token.items.flatMap((item, i): readonly StyledLine[] => {
    const number = token.ordered ? `${first + i}. `.padEnd(widest) : '- ';
    const task = item.task ? `${item.checked === true ? '[x]' : '[ ]'} ` : '';
    const bullet = `${number}${task}`;
    const inner = item.tokens.filter(part => part.type !== 'checkbox');
    const lines = item.loose
      ? blocks(inner, Math.max(8, width - bullet.length), screen - bullet.length)
      : inner.flatMap(part => block(part, Math.max(8, width - bullet.length), screen - bullet.length));
    const gap: readonly StyledLine[] = item.loose && i > 0 ? [[]] : [];
    const rows = (lines.length === 0 ? [[]] : lines).map((row, j): StyledLine => {
      const lead = j === 0 ? bullet : ' '.repeat(bullet.length);
      return row.length === 0 && j > 0 ? [] : [span(lead, 'dim'), ...row];
    });
    return [...gap, ...rows];
  });
}

// Where a table does not fit, each row becomes a few rows of `head: cell`: nothing is left out of a text.
function tableRows(token: Tokens.Table, width: number): readonly StyledLine[] {
  const heads = token.header.map(cell => inline(cell.tokens, 'title'));
  const rows = token.rows.map(row => row.map(cell => inline(cell.tokens)));
  const columns = heads.map((head, i) => {
    const align = token.align[i] === 'right' ? ('right' as const) : ('left' as const);
    return { name: head.map(part => part.text).join(''), align };
  });
  const fitted = table(columns, rows, { width });
  if (fitted.leftOut.length === 0 && !fitted.cut) return fitted.lines;
  return rows.flatMap((row, i) => {
    const lines = row.flatMap((cell, j) => {
      const head = heads[j] ?? [];
      return lineWidth(cell) === 0 ? [] : wrapLine([...head, span(': '), ...cell], width, 2);
    });
    return i === 0 ? lines : [[], ...lines];
  });
}

function inline(tokens: readonly Token[] | undefined, role?: Role): readonly Span[] {
  return (tokens ?? []).flatMap((token): readonly Span[] => {
    switch (token.type) {
      case 'strong':
        return inline(kids(token), role).map(part => ({ ...part, bold: true }));
      case 'em':
        return inline(kids(token), role).map(part => ({ ...part, underline: true }));
      case 'del':
        return [span('~'), ...inline(kids(token), role), span('~')];
      case 'codespan':
        return [span(safe(textOf(token)), role ?? 'command')];
      case 'link': {
        const shown = inline(kids(token), role);
        const href = 'href' in token && typeof token.href === 'string' ? token.href : '';
        const same = shown.map(part => part.text).join('') === href.replace(/^mailto:/, '');
        // A link to another page says nothing in a terminal; an address is worth typing.
        return same || !/^[a-z]+:/.test(href) ? shown : [...shown, span(` (${safe(href)})`, 'dim')];
      }
      case 'image':
        return [span(`[picture: ${safe(textOf(token))}]`, 'dim')];
      case 'br':
        return [span('\n')];
      case 'html':
        return /^<!--/.test(token.raw) ? [] : [span(safe(token.raw), role)];
      default: {
        const inner = kids(token);
        return inner === undefined ? [span(tidy(textOf(token)), role)] : inline(inner, role);
      }
    }
  });
}

function kids(token: Token): readonly Token[] | undefined {
  return 'tokens' in token && Array.isArray(token.tokens) ? token.tokens : undefined;
}

function textOf(token: Token): string {
  return 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
}

// The newlines of the source are blanks; the entities that Markdown makes people write are letters.
function tidy(text: string): string {
  return safe(
    text
      .replace(/\s*\n\s*/g, ' ')
      .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (all, name: string) => ENTITIES.get(name) ?? all),
  );
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['nbsp', ' '],
  ['#39', "'"],
]);

const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading';
const isParagraph = (token: Token): token is Tokens.Paragraph =>
  token.type === 'paragraph' || token.type === 'text';
const isCode = (token: Token): token is Tokens.Code => token.type === 'code';
const isList = (token: Token): token is Tokens.List => token.type === 'list';
const isQuote = (token: Token): token is Tokens.Blockquote => token.type === 'blockquote';
const isTable = (token: Token): token is Tokens.Table => token.type === 'table';

// A screen as a picture (SVG) for the documentation: its letters, its colours, its cursor, on a light and on a dark page.
import type { Cell, CellColour, Screen } from './screen.ts';

const LETTER = 8.4;
const ROW = 18;
const PAD = 12;

/** The sixteen colours by name, as a theme has them: on white, and on what is nearly black. */
const THEMES = {
  light: {
    page: '#ffffff',
    edge: '#d0d0d0',
    text: '#1f1f1f',
    red: '#b3261e',
    green: '#23702a',
    yellow: '#8a5a00',
    blue: '#1f4fa8',
    magenta: '#8b2f8f',
    cyan: '#06757a',
  },
  dark: {
    page: '#161616',
    edge: '#4a4a4a',
    text: '#e4e4e4',
    red: '#ff8a80',
    green: '#7fc787',
    yellow: '#dcb463',
    blue: '#8ab4f8',
    magenta: '#d693da',
    cyan: '#5fc9cf',
  },
} as const;
const NAMES = ['text', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'text'] as const;

interface Run {
  readonly col: number;
  readonly style: string;
  text: string;
}

/** The picture; `name` is what it is called for those who do not see it. */
export function pictureOf(screen: Screen, name: string): string {
  const rows = screen.text();
  const high = rows.findLastIndex(row => row !== '') + 1;
  const wide = screen.size.cols;
  const [width, height] = [wide * LETTER + 2 * PAD, high * ROW + 2 * PAD];
  const parts = rows.slice(0, high).flatMap((_, row) => runsOf(screen, row).map(run => drawn(run, row)));
  const { row, col } = screen.cursor;
  const cursor = `<rect class="cursor" x="${at(col)}" y="${PAD + row * ROW + 1}" width="${LETTER}" height="${ROW - 2}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${height}" width="${number(width)}" height="${height}" role="img" xml:space="preserve">
<title>${escaped(name)}</title>
<style>
${styleOf('light')}
@media (prefers-color-scheme: dark) {
${styleOf('dark')}
}
text { font: 14px/1 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre; }
.bold { font-weight: bold; } .dim { opacity: .65; } .italic { font-style: italic; } .underline { text-decoration: underline; }
.cursor { fill: none; }
</style>
<rect class="page" x=".5" y=".5" width="${number(width - 1)}" height="${height - 1}" rx="6"/>
${parts.join('\n')}
${cursor}
</svg>
`;
}

function styleOf(theme: keyof typeof THEMES): string {
  const { page, edge, text, ...colours } = THEMES[theme];
  const named = Object.entries(colours).map(([name, colour]) => `.${name} { fill: ${colour}; }`);
  return [
    `.page { fill: ${page}; stroke: ${edge}; } text { fill: ${text}; } .cursor { stroke: ${text}; }`,
    `rect.inverse { fill: ${text}; } text.inverse { fill: ${page}; }`,
    named.join(' '),
  ].join('\n');
}

/** The runs of a row: letters of one style without two blanks among them, so that each begins in its own column. */
function runsOf(screen: Screen, row: number): readonly Run[] {
  const runs: Run[] = [];
  let open: Run | undefined;
  for (let col = 0; col < screen.size.cols; col++) {
    const cell = screen.cell(row, col);
    if (cell.width === 0) continue;
    const style = styleOfCell(cell);
    const isBlank = cell.text === ' ' && !cell.inverse && !cell.underline;
    const ends = open === undefined || open.style !== style || (isBlank && open.text.endsWith(' '));
    if (!ends && open) open.text += cell.text;
    else if (isBlank) open = undefined;
    else {
      open = { col, style, text: cell.text };
      runs.push(open);
    }
  }
  return runs.map(run => ({ ...run, text: run.style.includes('inverse') ? run.text : run.text.trimEnd() }));
}

function styleOfCell(cell: Cell): string {
  const marks = (['bold', 'dim', 'italic', 'underline', 'inverse'] as const).filter(mark => cell[mark]);
  return [...colourClass(cell.colour), ...marks].join(' ');
}

function colourClass(colour: CellColour): readonly string[] {
  if (colour === 'default') return [];
  if (typeof colour === 'string') throw new Error(`a picture has no colour ${colour}`);
  if (colour < 16) return [NAMES[colour % 8] ?? 'text'];
  return [`colour-${colour}`];
}

function drawn({ col, style, text }: Run, row: number): string {
  const own = /colour-(\d+)/.exec(style)?.[1];
  const fill = own === undefined ? '' : ` style="fill: ${colourOf(Number(own))}"`;
  const names = style === '' ? '' : ` class="${style}"`;
  const letters = `<text${names}${fill} x="${at(col)}" y="${PAD + row * ROW + 13}">${escaped(text)}</text>`;
  if (!style.includes('inverse')) return letters;
  const width = number([...text].length * LETTER);
  return `<rect class="inverse" x="${at(col)}" y="${PAD + row * ROW}" width="${width}" height="${ROW}"/>${letters}`;
}

/** A colour of the 256 beyond the theme's. */
function colourOf(index: number): string {
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  const cube = index - 16;
  const parts =
    index < 232
      ? [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]
      : [1, 1, 1].map(() => 8 + 10 * (index - 232));
  return `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;
}

const TEXT = /<text(?: class="([^"]*)")?(?: style="[^"]*")? x="([\d.]+)" y="(\d+)">([^<]*)<\/text>/g;

/** What a picture shows: its rows as text, and each text with its style. */
export function shownIn(svg: string): { readonly text: string; readonly styles: readonly string[] } {
  const rows = new Map<number, string>();
  const styles: string[] = [];
  for (const [, style = '', x, y, letters = ''] of svg.matchAll(TEXT)) {
    const row = (Number(y) - PAD - 13) / ROW;
    const col = Math.round((Number(x) - PAD) / LETTER);
    const text = plain(letters);
    rows.set(row, (rows.get(row) ?? '').padEnd(col) + text);
    styles.push(`${style}: ${text}`);
  }
  return { text: [...rows.values()].join('\n'), styles };
}

function at(col: number): string {
  return number(PAD + col * LETTER);
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');
}

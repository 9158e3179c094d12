// A play as a hand-out in HTML: the prose, each step with its colours, what came, and the block graph before and after.
import { colour } from '../language/colour.ts';
import type { Page, Step } from '../page/model.ts';
import { toSvg } from '../render/dot.ts';
import type { BlockGraph } from '../render/graph.ts';
import { escapeHtml, htmlLines, htmlProse } from '../render/html.ts';
import type { Schema } from '../schema/model.ts';
import type { Span, StyledLine } from '../text/style.ts';
import type { Ending, Failure, StepResult, Undone } from './outcome.ts';
import type { Report } from './report.ts';
import { TextReport } from './textreport.ts';

interface Shown {
  /** Absent: what is told at the end. */
  readonly step?: Step;
  readonly line: StyledLine;
  readonly lines: StyledLine[];
}

/** What the file of a hand-out of ours begins with. */
export const HANDOUT_HEAD = /^<!doctype html>\n<!-- qmpsh /;

/** Cells of a row of what came. */
const WIDTH = 90;

/** Collects what a play shows. What it is told must have no secrets any more. */
export class HandOut implements Report {
  readonly #page: Page;
  readonly #schema: () => Schema | undefined;
  readonly #text: TextReport;
  readonly #shown: Shown[] = [];

  constructor(page: Page, schema: () => Schema | undefined) {
    this.#page = page;
    this.#schema = schema;
    this.#text = new TextReport({
      page,
      show: lines => this.#add(lines),
      width: () => WIDTH,
      verbose: false,
      replies: 'all',
    });
  }

  begin(step: Step, text: string): void {
    const prompt: Span = { text: step.kind === 'shell' ? '$ ' : '(QEMU) ', role: 'prompt' };
    const coloured = step.kind === 'shell' ? [{ text }] : spansOf(text, this.#schema());
    this.#shown.push({ step, line: [prompt, ...coloured], lines: [] });
  }

  end(result: StepResult): void {
    const { found, ...bare } = result;
    // What an expectation has looked at was shown already.
    this.#text.end(found === undefined || result.step.text.startsWith('.expect') ? bare : result);
  }

  skipped(step: Step): void {
    this.#text.skipped(step);
  }

  failed(step: Step | undefined, failure: Failure): void {
    this.#text.failed(step, failure);
  }

  undoing(): void {
    this.#shown.push({ line: [], lines: [] });
  }

  undone(undone: Undone): void {
    this.#text.undone(undone);
  }

  over(page: Page, ending: Ending, ms: number): void {
    this.#shown.push({ line: [], lines: [] });
    this.#text.over(page, ending, ms);
  }

  #add(lines: readonly StyledLine[]): void {
    const last = this.#shown.at(-1);
    if (last) last.lines.push(...lines);
    else this.#shown.push({ line: [], lines: [...lines] });
  }

  /** The document. A graph that is not known is left out, with a sentence. */
  async html(before: BlockGraph | undefined, after: BlockGraph | undefined): Promise<string> {
    const page = this.#page;
    const title = escapeHtml(page.title ?? page.name);
    const parts: string[] = [];
    let prose = '';
    for (const { step, line, lines } of this.#shown) {
      // What stands before a loop is read once.
      if (step && step.prose !== '' && step.prose !== prose) parts.push(await htmlProse(step.prose));
      prose = step?.prose ?? prose;
      if (step) parts.push(`<pre class="line">${htmlLines([line])}</pre>`);
      if (lines.length > 0) parts.push(`<pre class="came">${htmlLines(lines)}</pre>`);
    }
    // The title stands above already.
    if (parts[0]) parts[0] = parts[0].replace(`<h1>${title}</h1>\n`, '');
    if (page.closing !== '') parts.push(await htmlProse(page.closing));
    const body = [
      `<h1>${title}</h1>`,
      ...(page.about === undefined ? [] : [`<p>${escapeHtml(page.about)}</p>`]),
      picture('Before', before),
      ...parts,
      picture('After', after),
    ];
    return `<!doctype html>
<!-- qmpsh play --html -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
${STYLE}
</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
  }
}

function picture(name: string, graph: BlockGraph | undefined): string {
  const id = name.toLowerCase();
  const drawn =
    graph === undefined
      ? '<p>The VM did not tell its block graph.</p>'
      : graph.nodes.size === 0
        ? '<p>There is no block node.</p>'
        : // Two pictures in one document share no ids.
          toSvg(graph).replaceAll('id="tip"', `id="${id}"`).replaceAll('"url(#tip)"', `"url(#${id})"`);
  return `<figure>\n<figcaption>${name}</figcaption>\n${drawn}</figure>`;
}

function spansOf(text: string, schema: Schema | undefined): readonly Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const { start, end, role } of colour(text, schema)) {
    spans.push({ text: text.slice(done, start) }, { text: text.slice(start, end), role });
    done = end;
  }
  return [...spans, { text: text.slice(done) }].filter(span => span.text !== '');
}

const STYLE = `:root { color-scheme: light dark; --key: #06757a; --enum: #8b2f8f; --string: #23702a; --number: #8a5a00; --error: #b3261e; --dim: #6b6b6b; --back: #f4f4f4; }
@media (prefers-color-scheme: dark) { :root { --key: #5fc9cf; --enum: #d693da; --string: #7fc787; --number: #dcb463; --error: #ff8a80; --dim: #9a9a9a; --back: #262626; } }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }
pre { margin: 0; padding: .4rem .8rem; overflow-x: auto; background: var(--back); font: .85rem/1.4 monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.line { margin-top: 1rem; border-left: .25rem solid var(--key); }
pre.came { border-left: .25rem solid var(--dim); }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; } figcaption { font-weight: bold; }
.prompt, .command, .title { font-weight: bold; } .key, .event { color: var(--key); } .enum, .literal { color: var(--enum); }
.string, .ok { color: var(--string); } .number, .warning { color: var(--number); } .error, .unknown { color: var(--error); }
.dim, .comment, .time { color: var(--dim); }`;

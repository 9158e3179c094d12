// Styled lines and prose as HTML. Whatever a text holds, it is text: no mark-up of a page's or of QEMU's gets through.
import type { Tokens } from 'marked';
import { safe } from '../text/safe.ts';
import type { Span, StyledLine } from '../text/style.ts';
import { tooMuchMarkdown } from './page.ts';

/** Text as HTML, in a document and in an attribute. */
export function escapeHtml(text: string): string {
  return safe(text, { keepNewlines: true })
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Lines for a `pre`: each span has its role as a class. */
export function htmlLines(lines: readonly StyledLine[]): string {
  return lines.map(line => line.map(htmlSpan).join('')).join('\n');
}

function htmlSpan({ text, role = 'plain' }: Span): string {
  const inner = escapeHtml(text);
  return role === 'plain' ? inner : `<span class="${role}">${inner}</span>`;
}

/** Prose, which is Markdown. HTML in it is shown as it stands, except comments; pictures by what they show. */
export async function htmlProse(text: string): Promise<string> {
  if (tooMuchMarkdown(text)) return `<pre>${escapeHtml(text)}</pre>`;
  const { Marked } = await import('marked');
  const marked = new Marked({
    async: false,
    renderer: {
      html({ text: raw }: Tokens.HTML | Tokens.Tag) {
        return escapeHtml(raw.replace(/<!--[\s\S]*?(-->|$)/g, ''));
      },
      // Behind a tag such as <pre> the reader takes text for mark-up that stands as it is.
      text(token: Tokens.Text | Tokens.Escape) {
        const { tokens } = 'tokens' in token ? token : { tokens: undefined };
        return tokens ? this.parser.parseInline(tokens) : escapeHtml(token.text);
      },
      image({ text: what }: Tokens.Image) {
        return escapeHtml(what);
      },
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens);
        return /^https?:\/\//i.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
      },
    },
  });
  return String(marked.parse(safe(text, { keepNewlines: true })));
}

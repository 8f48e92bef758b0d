import { Marked, type Token, type Tokens } from 'marked';

export interface RenderedDocument {
  title: string;
  /** Everything below the title. */
  html: string;
  /** The second and third levels, in order. */
  contents: { id: string; text: string; depth: number }[];
}

/**
 * One of this project's own documents as HTML. Raw HTML in it is shown as text, never passed through; headings get stable
 * ids from their words; links that lead into the repository become plain text, because they lead nowhere from a page.
 */
export function renderMarkdown(markdown: string): RenderedDocument {
  const ids = new Map<string, number>();
  const contents: RenderedDocument['contents'] = [];
  let title = '';
  const marked = new Marked({ gfm: true });
  marked.use({
    renderer: {
      html: ({ text }) => escaped(text),
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const text = plain(tokens);
        if (depth === 1 && title === '') {
          title = text;
          return '';
        }
        const id = headingId(text, ids);
        contents.push({ id, text, depth });
        return `<h${depth} id="${id}">${html} <a class="anchor" href="#${id}" aria-label="Link to ${escaped(text)}">#</a></h${depth}>\n`;
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        if (href.startsWith('#')) return `<a href="${escaped(href)}">${html}</a>`;
        if (/^https?:\/\//i.test(href)) return `<a href="${escaped(href)}" rel="noreferrer">${html}</a>`;
        return html;
      },
      image: ({ text }) => escaped(text),
      table({ header, rows }) {
        const row = (cells: Tokens.TableCell[], tag: 'th' | 'td') =>
          `<tr>${cells
            .map(
              (cell) =>
                `<${tag}${cell.align === 'right' ? ' class="num"' : ''}>${this.parser.parseInline(cell.tokens)}</${tag}>`
            )
            .join('')}</tr>`;
        return `<div class="table-box"><table><thead>${row(header, 'th')}</thead><tbody>${rows
          .map((cells) => row(cells, 'td'))
          .join('')}</tbody></table></div>\n`;
      }
    }
  });
  const html = marked.parse(markdown, { async: false });
  return { title, html, contents: contents.filter(({ depth }) => depth <= 3) };
}

/** "BT.500 screening" is `bt-500-screening`; a second one of the same words is `…-2`. */
function headingId(text: string, taken: Map<string, number>): string {
  const words = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  const base = words || 'section';
  const count = (taken.get(base) ?? 0) + 1;
  taken.set(base, count);
  return count === 1 ? base : `${base}-${count}`;
}

function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      'tokens' in token && token.tokens ? plain(token.tokens) : 'text' in token ? String(token.text) : ''
    )
    .join('')
    .trim();
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

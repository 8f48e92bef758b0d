import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';

describe('renderMarkdown', () => {
  it('takes the title off, gives headings stable ids and lists them', () => {
    const { title, html, contents } = renderMarkdown(
      '# Methods\n\nHello.\n\n## BT.500 `screening`\n\n### Same\n\n### Same\n\n#### Deep\n'
    );
    expect(title).toBe('Methods');
    expect(contents).toEqual([
      { id: 'bt-500-screening', text: 'BT.500 screening', depth: 2 },
      { id: 'same', text: 'Same', depth: 3 },
      { id: 'same-2', text: 'Same', depth: 3 }
    ]);
    expect(html).toContain('<h2 id="bt-500-screening">BT.500 <code>screening</code>');
    expect(html).not.toContain('<h1');
  });

  it('passes no HTML through', () => {
    const { html } = renderMarkdown(
      '<script>alert(1)</script>\n\nA <b onclick="x()">word</b> and `<i>`.\n\n[x](javascript:alert(1)) ![y](http://e.org/z.png)\n'
    );
    expect(html).not.toMatch(/<script|<b |<img|javascript:/);
    expect(html).toContain('&#60;script&#62;');
    expect(html).toContain('<code>&lt;i&gt;</code>');
  });

  it('keeps links to the web and within, and unlinks files of the repository', () => {
    const { html } = renderMarkdown('[a](https://e.org/?a=1&b="2") [b](#sos) [c](../tests/README.md)\n');
    expect(html).toContain('href="https://e.org/?a=1&#38;b=&#34;2&#34;"');
    expect(html).toContain('<a href="#sos">b</a>');
    expect(html).toMatch(/ c</);
  });

  it('puts tables into their box', () => {
    expect(renderMarkdown('| a | b |\n| --- | ---: |\n| 1 | 2 |\n').html).toContain(
      '<div class="table-box"><table><thead><tr><th>a</th><th class="num">b</th></tr></thead>'
    );
  });
});

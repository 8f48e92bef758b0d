import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { STUDY_PLOTS } from '../../src/lib/domain/plots/study-plots.ts';
import { renderMarkdown } from '../../src/lib/server/documents/render-markdown.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

it('every link into the methods leads to a heading of docs/methods.md', () => {
  const { contents } = renderMarkdown(readFileSync(path.join(root, 'docs/methods.md'), 'utf8'));
  const ids = new Set(contents.map(({ id }) => id));
  const links: { from: string; id: string }[] = Object.entries(STUDY_PLOTS).map(([name, { section }]) => ({
    from: name,
    id: section
  }));
  for (const file of readdirSync(path.join(root, 'src'), { recursive: true }) as string[]) {
    if (!/\.(svelte|ts)$/.test(file) || file.endsWith('.test.ts')) continue;
    const text = readFileSync(path.join(root, 'src', file), 'utf8');
    for (const [, id] of text.matchAll(/\/methods#([\p{L}\p{N}-]+)/gu))
      links.push({ from: file, id: id as string });
    for (const [, id] of text.matchAll(/section(?:=|: )["']([\p{Ll}\p{N}-]+)["']/gu))
      links.push({ from: file, id: id as string });
  }
  expect(links.length).toBeGreaterThan(15);
  expect(links.filter(({ id }) => !ids.has(id))).toEqual([]);
});

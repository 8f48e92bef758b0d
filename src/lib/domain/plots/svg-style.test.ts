import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { escaped, FILE_COLOURS } from './svg-style.ts';

it('draws files in the light scheme of the pages', () => {
  const css = readFileSync(new URL('../../../app.css', import.meta.url), 'utf8');
  const light = (name: string) => new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}),`).exec(css)?.[1];
  expect(FILE_COLOURS).toEqual({
    ink: light('ink'),
    quiet: light('quiet'),
    line: light('line'),
    lineStrong: light('line-strong'),
    people: light('people'),
    model: light('model'),
    ground: '#ffffff'
  });
});

it('keeps names from becoming markup, and XML from breaking', () => {
  expect(escaped('a<b>&"c"\u0000\u001b')).toBe('a&lt;b&gt;&amp;&quot;c&quot;');
});

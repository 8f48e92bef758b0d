import type { RaterWindow } from '#lib/components/trial/rater-window.ts';

type Told = Readonly<Record<string, unknown>>;

/** What a browser said is anybody's text: only a number that can be one is taken for one. */
function number(told: Told | null, name: string): number | null {
  const value = told?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The window that a trial was seen in, as it was told with the answer, else at the sitting's beginning; else null. */
export function pixels(facts: Told, device: Told | null): RaterWindow | null {
  for (const told of [facts, device]) {
    const [widthPx, heightPx, ratio] = ['viewportWidth', 'viewportHeight', 'dpr'].map((name) =>
      number(told, name)
    );
    if (widthPx == null || heightPx == null || ratio == null) continue;
    if (widthPx < 100 || widthPx > 20_000 || heightPx < 100 || heightPx > 20_000 || ratio < 0.1 || ratio > 10)
      continue;
    return { widthPx, heightPx, ratio };
  }
  return null;
}

/** Facts in the order in which one reads them, with their units. */
export function facts(given: Told, device: Told | null): { name: string; value: string }[] {
  const told: Told = { ...device, ...given };
  const rounded = (name: string) => {
    const value = number(told, name);
    return value === null ? null : String(Math.round(value * 100) / 100);
  };
  const times = (name: string) => {
    const value = rounded(name);
    return value === null ? null : `${value} ${value === '1' ? 'time' : 'times'}`;
  };
  const size = (width: string, height: string) =>
    rounded(width) === null || rounded(height) === null
      ? null
      : `${rounded(width)} × ${rounded(height)} CSS px`;
  const word = (name: string) => {
    const value = told[name];
    return typeof value === 'string' && /^[\p{L}\p{N} ,.-]{1,60}$/u.test(value) ? value : null;
  };
  const yes = (name: string) => (typeof told[name] === 'boolean' ? (told[name] ? 'yes' : 'no') : null);
  const ms = (name: string) => (rounded(name) === null ? null : `${rounded(name)} ms`);
  const all: [string, string | null][] = [
    ['Window', size('viewportWidth', 'viewportHeight')],
    ['Screen', size('screenWidth', 'screenHeight')],
    ['Device pixels per CSS pixel', rounded('dpr')],
    ['Page zoom', rounded('zoom')],
    ['Pinch zoom', rounded('pinch')],
    ['Full screen', yes('fullScreen')],
    ['Dark scheme', yes('dark')],
    ['Fit', word('fit')],
    ['Scale', rounded('scale')],
    ['Arrangement', word('arrangement')],
    ['Answered by', word('input')],
    ['Changes of the answer', times('changes')],
    ['Focus lost', times('blurs')],
    ['Page hidden', times('hides')],
    ['Hidden for', ms('hiddenMs')],
    ['Window resized', times('resizes')],
    ['Reference in place', times('flickers')],
    ['Reference held for', ms('flickerMs')]
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [{ name, value }]));
}

/** A figure with so many decimals and a true minus; null is a dash, and what rounds to zero carries no sign. */
export function figureText(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** An observer by name, with the word where the name itself does not say that it is simulated. */
export function observerLabel({ observer, simulated }: { observer: string; simulated: boolean }): string {
  return simulated && !/simulated/i.test(observer) ? `${observer} (simulated)` : observer;
}

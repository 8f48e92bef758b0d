import type { ReferencePlace, ScaleKind } from '#lib/domain/study.ts';

/** How figures are written: a true minus, units said beside them, a dash where there is none. */

export const NONE = '–';
const MINUS = '−';

/** A figure with so many decimals; null is a dash, and what rounds to zero carries no sign. */
export function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A whole number with its thousands apart. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const digits = String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? MINUS + digits : digits;
}

/** "1 rater", "2 raters". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? NONE : `${fixed(100 * share, digits)} %`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 || size >= 100 ? size.toFixed(0) : size.toFixed(1)} ${units[unit]}`;
}

/** "40 s", "3 min 20 s", "2 h 05 min". */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NONE;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** How long ago, in the coarsest unit that says something. */
export function ago(then: Date | string, now: number): string {
  const seconds = Math.max(0, (now - new Date(then).getTime()) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86_400);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}

/** A day and time that reads the same everywhere. */
export function instant(then: Date | string): string {
  return `${new Date(then).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** US dollars; small amounts keep the digits that tell them apart. */
export function dollars(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  return `$${value.toFixed(value !== 0 && value < 0.1 ? 4 : 2)}`;
}

/** "single-stimulus" as people say it. */
export function protocolName(protocol: string): string {
  return protocol.replace('-', ' ');
}

const READOUT_NAMES: Record<string, string> = {
  text: 'text',
  json: 'JSON by schema',
  logprobs: 'token probabilities'
};

/** How a model's answer is taken, in the pages' words. */
export function readoutName(readout: string): string {
  return READOUT_NAMES[readout] ?? readout;
}

export function scenarioName(scenario: string): string {
  return scenario === 'full-reference' || scenario === 'fr' ? 'full reference' : 'no reference';
}

/** What a study asks for, in its pages' words. */
export const SCALE_NAMES: Readonly<Record<ScaleKind, string>> = {
  'continuous-100': '0 to 100, a slider',
  'acr-5': 'ACR, five grades',
  'acr-9': 'ACR, nine grades',
  'dcr-5': 'DCR, five grades of impairment',
  'ccr-7': 'CCR, how much better, −3 to +3'
};

export const REFERENCE_PLACE_NAMES: Readonly<Record<ReferencePlace, string>> = {
  auto: 'where there is room',
  beside: 'beside',
  above: 'above',
  'in-place': 'in place, while R is held'
};

/** An observer's name beside a mark that says "simulated" already. */
export function besideMark(observer: string): string {
  return observer === 'simulated people' ? 'people' : observer;
}

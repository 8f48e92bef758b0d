/** How a network that somebody brought wants its pictures, and what it gives. */
export interface NetworkDescription {
  /** 1: the stimulus alone; 2: the stimulus and its reference. */
  inputs: 1 | 2;
  /** Names of the graph's inputs, the stimulus's first; null takes them in the graph's order. */
  inputNames: string[] | null;
  layout: 'NCHW' | 'NHWC';
  channels: 'RGB' | 'BGR' | 'grey';
  /** Before the crop: to this size, or so that the shorter side has it; null leaves the picture as it is. */
  resize: { widthPx: number; heightPx: number } | { shorterSidePx: number } | null;
  kernel: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos3';
  /** The middle of the picture in this size; null takes all of it. */
  crop: { widthPx: number; heightPx: number } | null;
  /** What 0 and 255 become, before mean and deviation. */
  range: [low: number, high: number];
  /** One a channel. */
  mean: number[];
  std: number[];
  output: {
    kind: 'score' | 'features';
    /** By name, or by its place among the graph's outputs. */
    name: string | null;
    index: number;
    /** Of a score: which element of the output's values. */
    element: number;
  };
  /** 1: higher scores mean better quality; −1: lower. Of features always 1. */
  direction: 1 | -1;
}

type Json = Record<string, unknown>;

/** A description that cannot be: which part, and what is wanted there. */
export class BadDescription extends Error {
  override readonly name = 'BadDescription';
}

const LARGEST_SIDE = 8192;

/**
 * Reads a description as it is written beside an ONNX file: docs/learned-metrics.md says what each part means.
 *
 * @throws BadDescription naming the part.
 */
export function readDescription(json: unknown): NetworkDescription {
  const all = objectIn(json, 'the description');
  known(all, 'the description', [
    'inputs',
    'layout',
    'channels',
    'resize',
    'kernel',
    'crop',
    'range',
    'mean',
    'std',
    'output',
    'direction'
  ]);
  const given = all['inputs'] ?? 1;
  const inputNames = Array.isArray(given) ? given.map((name, i) => textIn(name, `inputs[${i}]`)) : null;
  const inputs = inputNames === null ? given : inputNames.length;
  if (inputs !== 1 && inputs !== 2) {
    throw new BadDescription('inputs: 1, 2, or a list of one or two names of the graph’s inputs is needed');
  }
  const channels = oneOf(all['channels'] ?? 'RGB', 'channels', ['RGB', 'BGR', 'grey'] as const);
  const planes = channels === 'grey' ? 1 : 3;
  const range = numbersIn(all['range'] ?? [0, 1], 'range', 2) as [number, number];
  const mean = numbersIn(all['mean'] ?? Array<number>(planes).fill(0), 'mean', planes);
  const std = numbersIn(all['std'] ?? Array<number>(planes).fill(1), 'std', planes);
  if (std.some((value) => value <= 0)) throw new BadDescription('std: numbers above 0 are needed');
  const output = objectIn(all['output'] ?? {}, 'output');
  known(output, 'output', ['kind', 'name', 'index', 'element']);
  const kind = oneOf(output['kind'] ?? 'score', 'output.kind', ['score', 'features'] as const);
  const direction = all['direction'];
  if (kind === 'score' && direction !== 'higher' && direction !== 'lower') {
    throw new BadDescription('direction: "higher" or "lower" is needed, whichever means better quality');
  }
  return {
    inputs,
    inputNames,
    layout: oneOf(all['layout'] ?? 'NCHW', 'layout', ['NCHW', 'NHWC'] as const),
    channels,
    resize: resizeIn(all['resize'] ?? null),
    kernel: oneOf(all['kernel'] ?? 'bicubic', 'kernel', [
      'nearest',
      'bilinear',
      'bicubic',
      'lanczos3'
    ] as const),
    crop:
      all['crop'] === undefined || all['crop'] === null
        ? null
        : sizeIn(objectIn(all['crop'], 'crop'), 'crop'),
    range,
    mean,
    std,
    output: {
      kind,
      name: output['name'] === undefined ? null : textIn(output['name'], 'output.name'),
      index: wholeIn(output['index'] ?? 0, 'output.index', 0, 1000),
      element: wholeIn(output['element'] ?? 0, 'output.element', 0, 1_000_000)
    },
    direction: direction === 'lower' ? -1 : 1
  };
}

function resizeIn(value: unknown): NetworkDescription['resize'] {
  if (value === null) return null;
  const size = objectIn(value, 'resize');
  if ('shorterSide' in size) {
    known(size, 'resize', ['shorterSide']);
    return { shorterSidePx: wholeIn(size['shorterSide'], 'resize.shorterSide', 1, LARGEST_SIDE) };
  }
  return sizeIn(size, 'resize');
}

function sizeIn(size: Json, part: string): { widthPx: number; heightPx: number } {
  known(size, part, ['width', 'height']);
  return {
    widthPx: wholeIn(size['width'], `${part}.width`, 1, LARGEST_SIDE),
    heightPx: wholeIn(size['height'], `${part}.height`, 1, LARGEST_SIDE)
  };
}

function objectIn(value: unknown, part: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadDescription(`${part}: an object is needed`);
  }
  return value as Json;
}

function known(object: Json, part: string, names: string[]): void {
  const other = Object.keys(object).find((name) => !names.includes(name));
  if (other !== undefined) {
    throw new BadDescription(`${part}: there is no ${JSON.stringify(other)}; it takes ${names.join(', ')}`);
  }
}

function oneOf<T extends string>(value: unknown, part: string, choices: readonly T[]): T {
  if (choices.includes(value as T)) return value as T;
  throw new BadDescription(`${part}: one of ${choices.join(', ')} is needed, not ${JSON.stringify(value)}`);
}

function textIn(value: unknown, part: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new BadDescription(`${part}: a name is needed, not ${JSON.stringify(value)}`);
}

function wholeIn(value: unknown, part: string, low: number, high: number): number {
  if (Number.isInteger(value) && (value as number) >= low && (value as number) <= high)
    return value as number;
  throw new BadDescription(
    `${part}: a whole number from ${low} to ${high} is needed, not ${JSON.stringify(value)}`
  );
}

function numbersIn(value: unknown, part: string, length: number): number[] {
  const list = Array.isArray(value) ? value : [];
  if (list.length === length && list.every((one) => typeof one === 'number' && Number.isFinite(one))) {
    return list as number[];
  }
  throw new BadDescription(`${part}: a list of ${length} numbers is needed`);
}

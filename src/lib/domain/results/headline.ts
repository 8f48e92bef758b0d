import { mengRosenthalRubin } from '#lib/stats/dependent-correlations.ts';
import { spearman } from '#lib/stats/correlation.ts';
import { spearmanInterval } from '#lib/stats/intervals.ts';
import { PEOPLE, SIMULATED_PEOPLE, type ObserverResult, type StudyResults } from './study-results.ts';

export interface Headline {
  /** What the study says so far, in one sentence. */
  sentence: string;
  /** What a careful author would add before it is quoted; each a sentence. */
  provisos: string[];
}

/** Below this many stimuli a rank correlation says next to nothing. */
const FEW_STIMULI = 10;
/** Fewer people than this make no distribution to stand in. */
const FEW_RATERS = 3;

/** Whether an observer is one person's sitting (simulated or not), and not a run. */
export function isSitting({ kind, strategy }: ObserverResult): boolean {
  return kind === 'rater' || (kind === 'synthetic' && strategy === null);
}

export function isRun({ kind, strategy }: ObserverResult): boolean {
  return kind === 'model' || (kind === 'synthetic' && strategy !== null);
}

/** The share of presentations that came back without a usable answer; null where none came back. */
export function missingRate({ outcomes }: Pick<ObserverResult, 'outcomes'>): number | null {
  const all = answered(outcomes);
  return all === 0 ? null : 1 - (outcomes['ok'] ?? 0) / all;
}

function answered(outcomes: Record<string, number>): number {
  return Object.values(outcomes).reduce((sum, n) => sum + n, 0);
}

/**
 * Whether the best of the models agrees with the dataset's MOS as people do, in one sentence, from the figures alone.
 * It compares with the study's own people one by one and together, claims a difference only where a test of dependent
 * correlations (Meng, Rosenthal and Rubin, α = 0.05) finds one, and says what stands in the way of believing it.
 */
export function headline(results: StudyResults): Headline {
  const { observers } = results;
  // A control is made to find nothing: it is no candidate, however lucky.
  const runs = observers.filter((one) => isRun(one) && one.control === null && answered(one.outcomes) > 0);
  const pooled =
    observers.find((one) => one.observer === PEOPLE && one.srcc !== null) ??
    observers.find((one) => one.observer === SIMULATED_PEOPLE && one.srcc !== null) ??
    null;
  const known = runs.filter((one) => one.srcc !== null);
  if (known.length === 0)
    return {
      sentence: withoutModel(results, runs.length, pooled),
      provisos: [...notes(null, pooled), ...byRule(results)]
    };
  const best = known.reduce((a, b) => ((b.srcc as number) > (a.srcc as number) ? b : a));
  const provisos = [...notes(best, pooled), ...byRule(results)];
  if (known.length > 1) {
    provisos.unshift(
      `It is the best of ${known.length} runs by this very figure, which flatters it; the table shows all of them.`
    );
  }
  if (best.n < FEW_STIMULI) {
    return {
      sentence: `With ${counted(best.n, 'stimulus', 'stimuli')} in common it is too early to say how well ${nameOf(best)} stands in for people.`,
      provisos
    };
  }
  const parts = [
    `${capital(nameOf(best))} orders ${scopeOf(best)} as the dataset’s MOS does with SRCC ${two(best.srcc)}${intervalOf(best)}`
  ];
  const beside = besidePeople(results, best, pooled);
  return { sentence: `${parts[0]}${beside}.`, provisos };
}

function withoutModel(results: StudyResults, runs: number, pooled: ObserverResult | null): string {
  if (results.observers.length === 0) return 'Nobody has sat this study yet.';
  if (pooled === null) {
    return runs === 0
      ? 'There are answers, but too few for any figure yet.'
      : 'There are answers, but none can be held against a MOS: too few, all alike, or no MOS is known.';
  }
  const who = `${pooled.simulated ? 'Simulated people' : 'People'} (${counted(pooled.raters ?? 0, 'sitting')})`;
  const said = `${who} together order ${scopeOf(pooled)} as the dataset’s MOS does with SRCC ${two(pooled.srcc)}${intervalOf(pooled)}`;
  return `${said}; ${runs === 0 ? 'no model has sat this study yet' : 'no run has enough usable answers for a figure yet'}.`;
}

/** ", above 9 of the 12 raters one by one and below all together (0.93, p = 0.01)". */
function besidePeople(results: StudyResults, best: ObserverResult, pooled: ObserverResult | null): string {
  if (pooled === null) return '; no people of this study to compare it with';
  const singles = results.observers.filter(
    (one) => isSitting(one) && one.simulated === pooled.simulated && one.srcc !== null && one.n >= FEW_STIMULI
  );
  const kind = pooled.simulated ? 'simulated raters' : 'raters';
  const together = `${counted(pooled.raters ?? 0, kind.slice(0, -1))} together reach ${two(pooled.srcc)}`;
  const test = comparison(results, best, pooled);
  const difference =
    test === null
      ? together
      : `${together}, ${test.p >= 0.05 ? 'a difference that these data do not show' : test.difference > 0 ? 'which is less' : 'which is more'} (p ${pValue(test.p)})`;
  if (singles.length < FEW_RATERS) return `; the ${difference}`;
  const below = singles.filter((one) => (one.srcc as number) < (best.srcc as number)).length;
  return `, above ${below} of ${singles.length} ${kind} taken one by one (median ${two(median(singles.map((one) => one.srcc as number)))}); the ${difference}`;
}

/** Only where one scale holds all stimuli: over references the mean of correlations has no such test. */
function comparison(
  results: StudyResults,
  a: ObserverResult,
  b: ObserverResult
): { difference: number; p: number } | null {
  if (results.scenario === 'fr') return null;
  const rows = results.stimuli.flatMap(({ mos, values }) => {
    const [first, second] = [values[a.observer], values[b.observer]];
    return mos === null || !first || !second ? [] : [[mos, first.value, second.value] as const];
  });
  const column = (k: 0 | 1 | 2) => rows.map((row) => row[k]);
  const [r1, r2, r12] = [
    spearman(column(0), column(1)),
    spearman(column(0), column(2)),
    spearman(column(1), column(2))
  ];
  if (r1 === null || r2 === null || r12 === null) return null;
  const turn = (a.srcc as number) * r1 < 0 ? -1 : 1;
  const test = mengRosenthalRubin({ r1: turn * r1, r2: turn * r2, r12, n: rows.length });
  return test === null ? null : { difference: turn * (r1 - r2), p: test.p };
}

/** Whose sittings the study's own rule keeps out; nothing where it states none. */
function byRule({ people }: StudyResults): string[] {
  if (people === undefined) return [];
  const { leftOut, rule } = people;
  return [
    `Of the people, only sittings that the study’s own rule calls usable are in these figures (${rule}): ${leftOut === 0 ? 'none is' : leftOut === 1 ? 'one is' : `${leftOut} are`} left out. People, screening shows them with and without.`
  ];
}

function notes(best: ObserverResult | null, pooled: ObserverResult | null): string[] {
  const provisos: string[] = [];
  if (best?.simulated) {
    provisos.push('The machine here is a simulated observer: this says nothing about any real model.');
  }
  if (pooled?.simulated)
    provisos.push('The people here are simulated: they show how the lab works, not how people see.');
  const imported = pooled?.imported ?? 0;
  if (imported > 0) {
    provisos.push(
      `${imported === pooled?.raters ? 'All' : `${imported} of ${pooled?.raters}`} of its people judged elsewhere: how they were shown the stimuli is not known here.`
    );
  }
  if (best?.imported !== undefined)
    provisos.push('The machine’s answers were imported: this lab has not asked it.');
  if (best === null) return provisos;
  const asked = best.presentations;
  const back = answered(best.outcomes);
  if (back < asked)
    provisos.push(`The run is not complete: ${back} of ${asked} presentations have come back.`);
  const missing = missingRate(best) ?? 0;
  if (missing >= 0.005) {
    provisos.push(
      `${percent(missing)} of its answers cannot be used and are left out, not guessed` +
        (missing >= 0.1
          ? '; that is enough to change the figure if what is missing is not like the rest.'
          : '.')
    );
  }
  if (best.references !== null && best.references < 5) {
    provisos.push(`The mean is over ${counted(best.references, 'reference')} only.`);
  }
  return provisos;
}

function nameOf({ observer, simulated }: ObserverResult): string {
  return simulated ? `the simulated observer ${observer}` : observer;
}

function scopeOf({ n, references }: ObserverResult): string {
  return references === null
    ? `${n} stimuli`
    : `${n} stimuli within ${counted(references, 'reference')} (mean over references)`;
}

/** Bonett and Wright's, where the stimuli are one sample; the mean over references has none so quick. */
function intervalOf({ srcc, n, references }: ObserverResult): string {
  if (references !== null || srcc === null) return '';
  const interval = spearmanInterval(srcc, n);
  return interval === null ? '' : ` (95 % interval ${two(interval[0])} to ${two(interval[1])})`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
    : (sorted[Math.floor(middle)] as number);
}

function two(value: number | null): string {
  if (value === null) return '–';
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function pValue(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(p < 0.01 ? 3 : 2)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function capital(text: string): string {
  // A model's name stays as it is written; only our own words begin with a capital.
  return text.startsWith('the ') ? `T${text.slice(1)}` : text;
}

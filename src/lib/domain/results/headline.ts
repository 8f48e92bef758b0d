import { mengRosenthalRubin } from '#lib/stats/dependent-correlations.ts';
import { spearman } from '#lib/stats/correlation.ts';
import { spearmanInterval } from '#lib/stats/intervals.ts';
import { besideOnePerson, type BesideOnePerson } from './beside-one-person.ts';
import { PEOPLE, SIMULATED_PEOPLE, type ObserverResult, type StudyResults } from './study-results.ts';

export interface Headline {
  /** What the study says so far, in one sentence. */
  sentence: string;
  /** What a careful author would add before it is quoted; each a sentence. */
  provisos: string[];
}

/** Below this many stimuli a rank correlation says next to nothing. */
const FEW_STIMULI = 10;
/** A difference of correlations that is taken for none: "as well as" means not worse by more than this. */
export const ALIKE = 0.05;

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

/** Kept for a document: what it takes is a hundred correlations a person. */
const kept = new WeakMap<StudyResults, Headline>();

/**
 * Does the best of the models agree with people as well as people do, in one sentence, from the figures alone: held against
 * one person of the study on the same stimuli, on average over them, with an interval (`besideOnePerson`). Better and worse are
 * claimed where the interval leaves out 0, "as well" where it leaves out being worse by more than 0.05; else the
 * answers cannot tell. What a careful author would add before it is quoted comes as provisos.
 */
export function headline(results: StudyResults): Headline {
  let known = kept.get(results);
  if (!known) kept.set(results, (known = headlineOf(results)));
  return known;
}

function headlineOf(results: StudyResults): Headline {
  const { observers } = results;
  // A control is made to find nothing: it is no candidate, however lucky.
  const runs = observers.filter((one) => isRun(one) && one.control === null && answered(one.outcomes) > 0);
  const pooled = pooledPeople(results);
  // Where the dataset has no MOS, the study's own people are the yardstick.
  const figureOf = (one: ObserverResult) => one.srcc ?? one.againstRaters?.srcc ?? null;
  const known = runs.filter((one) => figureOf(one) !== null);
  if (known.length === 0)
    return {
      sentence: withoutModel(results, runs, pooled),
      provisos: [...notes(null, pooled), ...byRule(results)]
    };
  const best = known.reduce((a, b) => ((figureOf(b) as number) > (figureOf(a) as number) ? b : a));
  const provisos = [...notes(best, pooled), ...byRule(results)];
  if (known.length > 1) {
    provisos.unshift(
      `It is the best of ${known.length} runs by this very figure, which flatters it; the table shows all of them.`
    );
  }
  const n = best.srcc === null ? (best.againstRaters?.n ?? 0) : best.n;
  if (n < FEW_STIMULI) {
    return {
      sentence: `With ${counted(n, 'stimulus', 'stimuli')} in common it is too early to say how well ${nameOf(best)} stands in for people.`,
      provisos
    };
  }
  const people = observers.filter(
    (one) => isSitting(one) && one.simulated === (pooled?.simulated ?? false) && one.n > 0
  );
  const beside = besideOnePerson(results, best, people, directionOf(results, best));
  if (typeof beside !== 'string')
    return {
      sentence: comparedSentence(best, beside, pooled?.simulated ?? false),
      provisos: [
        ...(best.srcc === null
          ? []
          : [
              `Over all ${scopeOf(best)} its SRCC with the MOS is ${two(best.srcc)}${intervalOf(best)}${pooled ? `; ${allTogether(results, best, pooled)}` : ''}.`
            ]),
        ...provisos
      ]
    };
  const figure =
    best.srcc === null
      ? `${capital(nameOf(best))} orders ${n} stimuli as the study’s own people together do with SRCC ${two(best.againstRaters?.srcc ?? null)}`
      : `${capital(nameOf(best))} orders ${scopeOf(best)} as the dataset’s MOS does with SRCC ${two(best.srcc)}${intervalOf(best)}`;
  return {
    sentence: `${figure}; ${whyNotCompared(beside, results, best, pooled, people.length)}.`,
    provisos
  };
}

function pooledPeople({ observers }: StudyResults): ObserverResult | null {
  const named = (name: string) =>
    observers.find((one) => one.observer === name && one.n + (one.raters ?? 0) > 0);
  return named(PEOPLE) ?? named(SIMULATED_PEOPLE) ?? null;
}

function comparedSentence(best: ObserverResult, beside: BesideOnePerson, simulated: boolean): string {
  const { difference, ci95 } = beside;
  const person = `one ${simulated ? 'simulated rater' : 'person'} of this study does`;
  const what = beside.yardstick === 'MOS' ? 'with the dataset’s MOS' : 'with the mean of the others';
  const figures = `SRCC ${two(beside.model)} against ${two(beside.person)}, means over ${counted(beside.people, simulated ? 'simulated rater' : 'person', simulated ? 'simulated raters' : 'people')} on the stimuli of each (difference ${two(difference)}, 95 % interval ${two(ci95[0])} to ${two(ci95[1])})`;
  const name = nameOf(best);
  if (ci95[0] > 0) return `${capital(name)} agrees ${what} better than ${person}: ${figures}.`;
  if (ci95[1] < 0) return `${capital(name)} agrees ${what} less well than ${person}: ${figures}.`;
  if (ci95[0] > -ALIKE)
    return `${capital(name)} agrees ${what} as well as ${person}, to within ${ALIKE}: ${figures}.`;
  return `These answers cannot tell whether ${name} agrees ${what} as well as ${person}: ${figures}.`;
}

function whyNotCompared(
  why: 'no-people' | 'few-people' | 'parts' | 'undefined',
  results: StudyResults,
  best: ObserverResult,
  pooled: ObserverResult | null,
  sittings: number
): string {
  if (why === 'no-people') return 'no people have sat this study to compare it with';
  const all = pooled?.srcc == null || best.srcc === null ? '' : `; ${allTogether(results, best, pooled)}`;
  const noun = pooled?.simulated ? 'simulated rater' : 'person';
  const many = pooled?.simulated ? 'simulated raters' : 'people';
  if (why === 'few-people')
    return `only ${counted(sittings, noun, many)} ${sittings === 1 ? 'has' : 'have'} sat this study, too few to compare it with one by one${all}`;
  if (why === 'parts')
    return `each of its ${counted(sittings, noun, many)} judged but a part of the comparisons, too few for a scale of one’s own to compare it with${all}`;
  return `what single ${many} answered is too little, or too alike, to compare it with one by one${all}`;
}

/** "its 12 raters together reach 0.93, which is more (p = 0.01)". */
function allTogether(results: StudyResults, best: ObserverResult, pooled: ObserverResult): string {
  const together = `its ${counted(pooled.raters ?? 0, pooled.simulated ? 'simulated rater' : 'rater')} together reach ${two(pooled.srcc)}`;
  const test = comparison(results, best, pooled);
  if (test === null) return together;
  return `${together}, ${test.p >= 0.05 ? 'a difference that these data do not show' : test.difference > 0 ? 'which is less' : 'which is more'} (p ${pValue(test.p)})`;
}

/** 1 where a high MOS is good, else −1, read off a figure that was turned. */
function directionOf({ stimuli }: StudyResults, one: ObserverResult): 1 | -1 {
  const rows = stimuli.flatMap(({ mos, values }) => {
    const value = values[one.observer]?.value;
    return mos === null || value === undefined ? [] : [[mos, value] as const];
  });
  const raw = spearman(
    rows.map(([mos]) => mos),
    rows.map(([, value]) => value)
  );
  return raw !== null && one.srcc !== null && raw * one.srcc < 0 ? -1 : 1;
}

function withoutModel(
  results: StudyResults,
  run: readonly ObserverResult[],
  pooled: ObserverResult | null
): string {
  if (results.observers.length === 0) return 'Nobody has sat this study yet.';
  const runs = run.length;
  const back = run.reduce((sum, one) => sum + answered(one.outcomes), 0);
  if (runs > 0 && run.every((one) => (one.outcomes['ok'] ?? 0) === 0))
    return `None of the ${counted(back, 'answer')} of ${runs === 1 ? nameOf(run[0] as ObserverResult) : `${runs} runs`} can be used: how well ${runs === 1 ? 'it stands' : 'they stand'} in for people is not known.`;
  if (pooled?.srcc == null) {
    return runs === 0
      ? 'There are answers, but too few for any figure yet.'
      : 'There are answers, but none can be held against a MOS: too few, all alike, or no MOS is known.';
  }
  const who = `${pooled.simulated ? 'Simulated people' : 'People'} (${counted(pooled.raters ?? 0, 'sitting')})`;
  const said = `${who} together order ${scopeOf(pooled)} as the dataset’s MOS does with SRCC ${two(pooled.srcc)}${intervalOf(pooled)}`;
  return `${said}; ${runs === 0 ? 'no model has sat this study yet' : 'no run has enough usable answers for a figure yet'}.`;
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

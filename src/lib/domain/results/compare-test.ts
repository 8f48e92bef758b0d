import { spearman } from '#lib/stats/correlation.ts';
import { mengRosenthalRubin } from '#lib/stats/dependent-correlations.ts';
import { holm } from '#lib/stats/holm.ts';
import { meanInterval } from '#lib/stats/intervals.ts';
import { studentTwoSidedP } from '#lib/stats/student-t.ts';
import type { StudyResults } from './study-results.ts';

/** Which of two observers agrees with the MOS better. */
export interface FamilyTest {
  /** Stimuli with a MOS that both gave a value; references in full-reference studies. */
  n: number;
  unit: 'stimuli' | 'references';
  /** SRCC of the first minus that of the second; over references the mean of the differences within them. */
  srccDifference: number | null;
  /** Student's over references; the rank test on one scale has none. */
  ci95: readonly [number, number] | null;
  p: number | null;
  /** Corrected by Holm over the family. */
  pHolm: number | null;
  /** How many comparisons the family has, and among whom. */
  comparisons: number;
  family: string[];
}

/** More observers than this have more pairs than anybody reads. */
const MOST_IN_FAMILY = 12;
const FEWEST_IN_REFERENCE = 3;

/**
 * Two observers against the same MOS. On one scale by Meng, Rosenthal and Rubin's test of dependent correlations; over
 * references by Student's t over the differences of SRCC within each, whose figures are means. Holm over all pairs of
 * the family, in the same way.
 */
export function testFamily(
  results: Pick<StudyResults, 'scenario' | 'stimuli'>,
  a: string,
  b: string,
  family: readonly string[],
  direction: 1 | -1
): FamilyTest | null {
  const names = [...new Set([a, b, ...family])].slice(0, MOST_IN_FAMILY);
  const known = results.stimuli.filter(({ mos }) => mos !== null);
  if (known.length === 0) return null;
  if (results.scenario === 'fr') return overReferences(known, names, direction);
  return corrected(
    names,
    pairsOf(names).map(([first, second]) => onOneScale(known, first, second, direction))
  );
}

type Uncorrected = Omit<FamilyTest, 'pHolm' | 'comparisons' | 'family'>;

/** The first of all pairs is that of the two. */
function pairsOf(names: readonly string[]): [string, string][] {
  return names.flatMap((a, i) => names.slice(i + 1).map((b): [string, string] => [a, b]));
}

/** What has no p does not count in the family. */
function corrected(names: string[], tests: readonly Uncorrected[]): FamilyTest | null {
  const [own] = tests;
  if (!own) return null;
  const ps = tests.flatMap(({ p }) => p ?? []);
  return {
    ...own,
    pHolm: own.p === null ? null : (holm(ps)[0] as number),
    comparisons: ps.length,
    family: names
  };
}

function onOneScale(known: StudyResults['stimuli'], a: string, b: string, direction: 1 | -1): Uncorrected {
  const both = known.filter(({ values }) => values[a] && values[b]);
  const mos = both.map((one) => direction * (one.mos as number));
  const [x, y] = [a, b].map((name) => both.map(({ values }) => values[name]?.value as number)) as [
    number[],
    number[]
  ];
  const [r1, r2, r12] = [spearman(mos, x), spearman(mos, y), spearman(x, y)];
  const test =
    r1 === null || r2 === null || r12 === null ? null : mengRosenthalRubin({ r1, r2, r12, n: both.length });
  return {
    n: both.length,
    unit: 'stimuli',
    srccDifference: r1 === null || r2 === null ? null : r1 - r2,
    ci95: null,
    p: test?.p ?? null
  };
}

function overReferences(
  known: StudyResults['stimuli'],
  names: string[],
  direction: 1 | -1
): FamilyTest | null {
  const pools = new Map<string | null, StudyResults['stimuli']>();
  for (const one of known) {
    const members = pools.get(one.reference);
    if (members) members.push(one);
    else pools.set(one.reference, [one]);
  }
  return corrected(
    names,
    pairsOf(names).map(([a, b]): Uncorrected => {
      const each = [...pools.values()].flatMap((members) => differenceWithin(members, a, b, direction) ?? []);
      const n = each.length;
      const mean = n === 0 ? null : each.reduce((sum, d) => sum + d, 0) / n;
      const sd =
        n < 2 ? 0 : Math.sqrt(each.reduce((sum, d) => sum + (d - (mean as number)) ** 2, 0) / (n - 1));
      return {
        n,
        unit: 'references',
        srccDifference: mean,
        ci95: n < 2 || mean === null ? null : meanInterval(mean, sd, n),
        p: n < 3 || sd === 0 || mean === null ? null : studentTwoSidedP(mean / (sd / Math.sqrt(n)), n - 1)
      };
    })
  );
}

function differenceWithin(
  members: StudyResults['stimuli'],
  a: string,
  b: string,
  direction: 1 | -1
): number | null {
  const both = members.filter(({ values }) => values[a] && values[b]);
  if (both.length < FEWEST_IN_REFERENCE) return null;
  const mos = both.map((one) => direction * (one.mos as number));
  const [first, second] = [a, b].map((name) =>
    spearman(
      mos,
      both.map(({ values }) => values[name]?.value as number)
    )
  );
  return first == null || second == null ? null : first - second;
}

import { seededRandom } from '#lib/stats/random.ts';
import type { Bounds } from '#lib/stats/bootstrap.ts';
import { spearmanInterval } from '#lib/stats/intervals.ts';
import type { LogisticMapping } from '#lib/stats/logistic-fit.ts';
import { pearson, spearman } from '#lib/stats/correlation.ts';
import { bootstrapAgreement } from './bootstrap-agreement.ts';
import { mapPredictions, modelAgainstPeople } from './model-against-people.ts';

export interface MetricRow {
  name: string;
  /** Null where the metric has no value. */
  value: number | null;
  mos: number;
  distortion: string | null;
  level: number | null;
  content: string | null;
}

export interface MetricAgreementInput {
  rows: readonly MetricRow[];
  /** 1: higher values mean better quality; −1: lower. */
  direction: 1 | -1;
  /** −1 where the dataset's score is a difference: lower is closer. */
  mosDirection: 1 | -1;
  replicates?: number;
}

/** A part of the stimuli: those of one distortion, one level or one content. */
export interface GroupAgreement {
  name: string;
  n: number;
  srcc: number | null;
  srccInterval: Bounds | null;
  plcc: number | null;
}

export interface MetricAgreement {
  n: number;
  missing: number;
  /** With its sign, on the values as they are. */
  srcc: number | null;
  srccInterval: Bounds | null;
  krcc: number | null;
  /** After the logistic. */
  plcc: number | null;
  plccInterval: Bounds | null;
  rmse: number | null;
  /** Contents that the intervals were drawn over; null where they were drawn over stimuli. */
  contents: number | null;
  chance: number | null;
  /** The sign that SRCC has where the metric does what its direction says. */
  expectedSign: 1 | -1;
  /** SRCC has the other sign, and its interval excludes 0. */
  against: boolean;
  mapping: LogisticMapping | null;
  distortions: GroupAgreement[];
  levels: GroupAgreement[];
  /** Of contents with at least three stimuli, the one that agrees least first; empty where each content has fewer. */
  byContent: GroupAgreement[];
  /** Every k-th stimulus, for a plot. */
  dots: { name: string; value: number; mos: number; sigma: null }[];
}

const REPLICATES = 1000;
const MOST_DOTS = 1500;

/**
 * How a metric's values agree with the MOS of a dataset: over all stimuli (`modelAgainstPeople`, intervals by bootstrap over
 * contents where each stimulus has one, else over stimuli), and within each distortion and level. Of a group SRCC is its
 * own, with Bonett and Wright's interval, and PLCC that of the values through the one map of all stimuli, so that a map
 * of a few points does not make agreement. The direction only says which sign is expected; figures do not depend on it.
 */
export function metricAgreement(
  { rows, direction, mosDirection, replicates = REPLICATES }: MetricAgreementInput,
  onProgress: (share: number) => void = () => {}
): MetricAgreement {
  const known = rows.every((row) => row.content !== null);
  const people = {
    mos: rows.map((row) => row.mos),
    ...(known ? { content: rows.map((row) => row.content as string) } : {})
  };
  const predictions = rows.map((row) => row.value);
  const overall = modelAgainstPeople(people, predictions);
  const contents = known ? new Set(people.content).size : 0;
  const overContents = contents > 1;
  const [intervals] =
    overall.n < 2
      ? []
      : bootstrapAgreement(people, [{ predictions, mapping: overall.mapping }], {
          fit: 'logistic4',
          replicates,
          random: seededRandom(1),
          overContents,
          onProgress
        }).intervals;
  const expectedSign = (direction * mosDirection) as 1 | -1;
  const srccInterval = intervals?.srcc ?? null;
  const furthest = srccInterval === null ? null : expectedSign === 1 ? srccInterval[1] : -srccInterval[0];
  const present = rows.filter((row) => row.value !== null);
  const step = Math.max(1, Math.ceil(present.length / MOST_DOTS));
  return {
    n: overall.n,
    missing: overall.missing,
    srcc: overall.srcc,
    srccInterval,
    krcc: overall.krcc,
    plcc: overall.plcc,
    plccInterval: intervals?.plcc ?? null,
    rmse: overall.rmse,
    contents: overContents ? contents : null,
    chance: overall.chance.srcc95,
    expectedSign,
    against: furthest !== null && furthest < 0,
    mapping: overall.mapping,
    distortions: groups(present, overall.mapping, (row) => row.distortion),
    levels: groups(present, overall.mapping, (row) => row.level),
    byContent: leastFirst(
      groups(present, overall.mapping, (row) => row.content),
      expectedSign
    ),
    dots: present
      .filter((_, i) => i % step === 0)
      .map(({ name, value, mos }) => ({ name, value: value as number, mos, sigma: null }))
  };
}

/** A correlation of two points says nothing; what agrees least is what a reader looks for among many contents. */
function leastFirst(groups: GroupAgreement[], sign: 1 | -1): GroupAgreement[] {
  const agreement = ({ srcc }: GroupAgreement) => (srcc === null ? -2 : srcc * sign);
  return groups.filter(({ n }) => n >= 3).sort((a, b) => agreement(a) - agreement(b));
}

function groups(
  rows: readonly MetricRow[],
  mapping: LogisticMapping | null,
  of: (row: MetricRow) => string | number | null
): GroupAgreement[] {
  const members = new Map<string | number, MetricRow[]>();
  for (const row of rows) {
    const key = of(row);
    if (key === null) continue;
    const list = members.get(key);
    if (list) list.push(row);
    else members.set(key, [row]);
  }
  const order = [...members.keys()].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : String(a).localeCompare(String(b), 'en', { numeric: true })
  );
  return order.map((key) => {
    const list = members.get(key) as MetricRow[];
    const x = list.map((row) => row.value as number);
    const y = list.map((row) => row.mos);
    const srcc = spearman(x, y);
    const mapped = mapping === null ? null : mapPredictions(x, 'logistic4', mapping);
    return {
      name: String(key),
      n: list.length,
      srcc,
      srccInterval: srcc === null ? null : spearmanInterval(srcc, list.length),
      plcc: mapped === null ? null : pearson(mapped, y)
    };
  });
}

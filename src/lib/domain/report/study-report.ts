import { sosParameter } from '../scaling/sos.ts';
import type { Finding } from '../results/finding.ts';
import type { StudyAgreement } from '../results/agreement-report.ts';
import type { StudyResults } from '../results/study-results.ts';
import type { Later } from '../registration/registration.ts';
import type { StudyDesign } from '../study.ts';

/** One thing that a report says; null where nobody recorded it. */
export interface ReportFact {
  name: string;
  text: string | null;
}

export interface ReportTable {
  caption: string;
  columns: string[];
  /** A cell is null where nothing was recorded. */
  rows: (string | null)[][];
}

export interface ReportSection {
  title: string;
  facts: ReportFact[];
  tables: ReportTable[];
}

export interface ReportedSitting {
  observer: string;
  simulated: boolean;
  state: string;
  usable: boolean | null;
  reasons: readonly string[];
  device: Record<string, unknown> | null;
  /** By step: what was answered or found. */
  said: Record<string, { value: unknown }> | null;
  minutes: number | null;
}

export interface ReportedRun {
  observer: string;
  simulated: boolean;
  control: string | null;
  model: string;
  strategy: string | null;
  parameters: string;
  prompts: string[];
  outcomes: Record<string, number>;
  presentations: number;
  tokensIn: number;
  tokensOut: number;
  /** US dollars; null where no price was given. */
  cost: number | null;
}

export interface ReportInput {
  address: string;
  dataset: { name: string; stimuli: number; simulated: boolean; licence: string | null };
  design: StudyDesign;
  designHash: string;
  trials: Record<string, number>;
  sittings: readonly ReportedSitting[];
  recruitment: readonly string[];
  imported: number;
  runs: readonly ReportedRun[];
  results: StudyResults;
  /** null where it was not computed. */
  agreement: StudyAgreement | null;
  registration: { sha256: string; at: string; by: string; later: readonly Later[] } | null;
  unblindedAt: string | null;
  versions: { limen: string; node: string; parser: number };
}

/**
 * A study as ITU-T P.910 (clause on the report of results) wants it told: who judged, on what and how they saw it, by
 * which method, who was left out by which rule, the figures, and what a model was asked. What was not recorded says so.
 */
export function studyReport(input: ReportInput): ReportSection[] {
  return [observers(input), viewing(input), method(input), screening(input)].concat(
    [figures(input), models(input), provenance(input), deviations(input)].flat()
  );
}

const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** "median (least to most), n = …"; null for none. */
export function spread(values: readonly number[], digits = 0): string | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  const text = (value: number) => value.toFixed(digits);
  return `median ${text(median)} (${text(sorted[0] as number)} to ${text(sorted.at(-1) as number)}), n = ${sorted.length}`;
}

/** "8 × 2, 3 × 1.5": what occurs, commonest first. */
export function tally(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([value, n]) => `${value} (${n})`)
    .join(', ');
}

function found(sittings: readonly ReportedSitting[], step: string, name: string): number[] {
  return sittings.flatMap(
    ({ said }) => number((said?.[step]?.value as Record<string, unknown>)?.[name]) ?? []
  );
}

function observers({ sittings, recruitment, imported, design }: ReportInput): ReportSection {
  const people = sittings.filter(({ simulated }) => !simulated);
  const state = (name: string) => sittings.filter((one) => one.state === name).length;
  const answers = new Map<string, string[]>();
  for (const { said } of sittings) {
    for (const step of ['questions-before', 'questions-after']) {
      const list = said?.[step]?.value;
      if (!Array.isArray(list)) continue;
      for (const { question, answer } of list as { question?: unknown; answer?: unknown }[]) {
        const key = String(question);
        answers.set(key, [...(answers.get(key) ?? []), String(answer)]);
      }
    }
  }
  const asked = [...(design.sitting?.before ?? []), ...(design.sitting?.after ?? [])];
  return {
    title: 'Observers',
    facts: [
      { name: 'People', text: `${people.length} joined` },
      {
        name: 'Simulated observers',
        text: sittings.length === people.length ? 'none' : `${sittings.length - people.length}, simulated`
      },
      {
        name: 'Sittings',
        text: `${state('completed')} completed, ${state('active')} going on, ${state('ended')} ended early, ${state('withdrawn')} withdrawn`
      },
      { name: 'Votes collected elsewhere', text: imported === 0 ? 'none' : `of ${imported} observers` },
      { name: 'Recruitment', text: recruitment.length === 0 ? null : recruitment.join(', ') },
      ...asked.map(({ text, kind }) => {
        const given = answers.get(text) ?? [];
        const figures = given.map(Number).filter((value) => Number.isFinite(value));
        return {
          name: text,
          text:
            kind === 'number'
              ? spread(figures)
              : kind === 'choice'
                ? tally(given)
                : given.length === 0
                  ? null
                  : `${given.length} answers in words`
        };
      }),
      ...(asked.length === 0 ? [{ name: 'Age, gender, expertise', text: null }] : []),
      { name: 'Acuity (gap in arc minutes)', text: spread(found(sittings, 'acuity', 'gapArcmin'), 2) },
      { name: 'Colour vision (plates read)', text: spread(found(sittings, 'colour', 'right')) }
    ],
    tables: []
  };
}

function viewing({ sittings, design }: ReportInput): ReportSection {
  const device = (name: string) => sittings.flatMap(({ device: one }) => number(one?.[name]) ?? []);
  const sizes = sittings.flatMap(({ device: one }) => {
    const [width, height] = [number(one?.['screenWidth']), number(one?.['screenHeight'])];
    return width === null || height === null ? [] : [`${width} × ${height}`];
  });
  const yes = (name: string) => {
    const known = sittings.flatMap(({ device: one }) =>
      typeof one?.[name] === 'boolean' ? [one[name] as boolean] : []
    );
    return known.length === 0 ? null : `${known.filter(Boolean).length} of ${known.length}`;
  };
  return {
    title: 'Device and viewing',
    facts: [
      { name: 'Device pixel ratio', text: tally(device('dpr').map(String)) },
      { name: 'Screen size (CSS pixels)', text: tally(sizes) },
      { name: 'Page zoom', text: tally(device('zoom').map(String)) },
      {
        name: 'Screen density (CSS pixels per mm)',
        text: spread(found(sittings, 'screen-size', 'cssPxPerMm'), 2)
      },
      { name: 'Viewing distance (mm)', text: spread(found(sittings, 'distance', 'distanceMm')) },
      { name: 'Pixels per degree (CSS)', text: spread(found(sittings, 'distance', 'cssPxPerDegree'), 1) },
      { name: 'Refresh rate (Hz)', text: spread(device('refreshHz'), 1) },
      { name: 'Touch', text: yes('touch') },
      { name: 'Dark interface', text: yes('dark') },
      { name: 'Room light', text: null },
      {
        name: 'Where a picture does not fit',
        text: { refuse: 'not shown', scroll: 'scrolled, one to one', scale: 'scaled down' }[design.fitPolicy]
      }
    ],
    tables: []
  };
}

function method({ design, dataset, trials, sittings }: ReportInput): ReportSection {
  const minutes = sittings.flatMap((one) => (one.state === 'completed' ? (one.minutes ?? []) : []));
  const times =
    design.shortestViewMs === null && design.longestViewMs === null
      ? 'as long as wanted'
      : `${design.shortestViewMs ?? 0} ms at least, ${design.longestViewMs === null ? 'no upper bound' : `hidden after ${design.longestViewMs} ms`}`;
  return {
    title: 'Method',
    facts: [
      { name: 'Protocol', text: `${design.protocol}, ${design.scenario}` },
      {
        name: 'Scale',
        text:
          design.protocol === 'single-stimulus'
            ? design.scale
            : `${design.scale}, ties ${design.allowTies ? 'allowed' : 'not allowed'}`
      },
      {
        name: 'Stimuli',
        text: `${dataset.stimuli} of ${dataset.name}${dataset.simulated ? ' (simulated)' : ''}`
      },
      { name: 'Licence of the stimuli', text: dataset.licence },
      {
        name: 'Trials',
        text: Object.entries(trials)
          .map(([role, n]) => `${n} ${role}`)
          .join(', ')
      },
      {
        name: 'Trials a session',
        text: design.trialsPerSession === null ? 'all' : `${design.trialsPerSession}, least-filled first`
      },
      { name: 'Length of a session (minutes)', text: spread(minutes, 1) },
      { name: 'Training', text: trials['training'] ? `${trials['training']} trials` : 'none' },
      {
        name: 'Repeats',
        text:
          design.hiddenRepeats === 0 && !design.bothOrders
            ? 'none'
            : `${design.hiddenRepeats} hidden${design.bothOrders ? ', each pair in both orders' : ''}`
      },
      { name: 'Gold and traps', text: `${trials['gold'] ?? 0} gold, ${trials['trap'] ?? 0} traps` },
      { name: 'Order', text: 'random for each session, from its own seed' },
      { name: 'Viewing time', text: times },
      { name: 'Instructions', text: design.instructions }
    ],
    tables: []
  };
}

function screening({ sittings, design, results }: ReportInput): ReportSection {
  const out = sittings.filter(({ usable }) => usable === false);
  const rule = results.people?.rule ?? null;
  return {
    title: 'Screening',
    facts: [
      { name: 'Rule', text: rule ?? 'none was set: every sitting that was not withdrawn is in' },
      {
        name: 'Attention rule',
        text: design.sitting?.attention === undefined ? 'none' : JSON.stringify(design.sitting.attention)
      },
      { name: 'Left out', text: rule === null ? 'nobody' : `${out.length} of ${sittings.length} sittings` }
    ],
    tables:
      out.length === 0
        ? []
        : [
            {
              caption: 'Who was left out, and why',
              columns: ['Observer', 'Why'],
              rows: out.map(({ observer, simulated, reasons }) => [
                `${observer}${simulated ? ' (simulated)' : ''}`,
                reasons.join('; ')
              ])
            }
          ]
  };
}

function figures({ results, agreement, design }: ReportInput): ReportSection {
  const pooled = results.observers.find(({ kind }) => kind === 'people') ?? null;
  const values = pooled === null ? [] : results.stimuli.flatMap((one) => one.values[pooled.observer] ?? []);
  const scores = design.protocol === 'single-stimulus';
  const halves = values.flatMap(({ se }) => (se === null ? [] : [1.96 * se]));
  const sos = scores
    ? sosParameter(
        values.map(({ value, sigma }) => ({ mos: value, sigma })),
        0,
        100
      )
    : null;
  const people = agreement?.people.value ?? null;
  const ceiling = people?.ceiling.value ?? null;
  const text = (value: number | null | undefined, digits = 3) => value?.toFixed(digits) ?? null;
  const why = (finding: Finding<unknown> | undefined) =>
    agreement === null ? 'not computed yet' : (finding?.why ?? agreement.people.why);
  return {
    title: 'Figures',
    facts: [
      {
        name: pooled?.simulated ? 'Observers pooled (simulated)' : 'Observers pooled',
        text: pooled === null ? null : `${pooled.raters ?? 0}`
      },
      {
        name: scores ? 'MOS (0–100)' : 'Scale values (Thurstone, Case V)',
        text: spread(
          values.map(({ value }) => value),
          2
        )
      },
      { name: 'Answers a stimulus', text: spread(values.map(({ n }) => n)) },
      { name: 'Half width of the 95 % interval (1.96 standard errors)', text: spread(halves, 2) },
      { name: 'SOS parameter a', text: text(sos) },
      { name: "Krippendorff's α", text: text(people?.alpha.value) ?? why(people?.alpha) },
      { name: 'Reliability of the MOS', text: text(ceiling?.reliability) ?? why(people?.ceiling) }
    ],
    tables: [
      {
        caption: 'Agreement with the MOS of the dataset, 95 % intervals',
        columns: ['Observer', 'SRCC', 'Interval', 'PLCC', 'n', 'Missing'],
        rows: results.observers
          .filter(({ kind, sessionId }) => kind === 'people' || sessionId !== null)
          .filter(({ kind, strategy }) => kind === 'people' || strategy !== null)
          .map((one) => {
            const pair =
              one.kind === 'people'
                ? people?.againstMos
                : agreement?.models.find(({ sessionId }) => sessionId === one.sessionId)?.againstMos;
            const bounds = pair?.srcc.value?.shown ?? null;
            const ok = one.outcomes['ok'] ?? 0;
            return [
              `${one.observer}${one.simulated ? ' (simulated)' : ''}${one.control === null ? '' : ` (control: ${one.control})`}`,
              text(one.srcc),
              bounds === null ? why(pair?.srcc) : `${bounds[0].toFixed(3)} to ${bounds[1].toFixed(3)}`,
              text(one.plcc),
              String(one.n),
              String(Object.values(one.outcomes).reduce((sum, n) => sum + n, 0) - ok)
            ];
          })
      }
    ]
  };
}

function models({ runs }: ReportInput): ReportSection {
  return {
    title: 'Models',
    facts: runs.length === 0 ? [{ name: 'Models', text: 'none sat this study' }] : [],
    tables:
      runs.length === 0
        ? []
        : [
            {
              caption: 'What was asked, and what came back',
              columns: ['Run', 'Model', 'Parameters', 'Prompts', 'Outcomes', 'Tokens in, out', 'US $'],
              rows: runs.map((run) => {
                const back = Object.values(run.outcomes).reduce((sum, n) => sum + n, 0);
                return [
                  `${run.observer}${run.simulated ? ' (simulated)' : ''}${run.control === null ? '' : ` (control: ${run.control})`}`,
                  run.strategy === null ? run.model : `${run.model}, ${run.strategy}`,
                  run.parameters,
                  run.prompts.length === 0 ? null : run.prompts.join(', '),
                  [
                    ...Object.entries(run.outcomes).map(([outcome, n]) => `${n} ${outcome}`),
                    ...(run.presentations > back ? [`${run.presentations - back} not answered`] : [])
                  ].join(', '),
                  `${run.tokensIn}, ${run.tokensOut}`,
                  run.cost === null ? null : run.cost.toFixed(4)
                ];
              })
            }
          ]
  };
}

function provenance({ versions, design, designHash, agreement, dataset }: ReportInput): ReportSection {
  return {
    title: 'Software, seeds, hashes',
    facts: [
      {
        name: 'Software',
        text: `Limen ${versions.limen}, Node ${versions.node}, parser of answers ${versions.parser}`
      },
      { name: 'Seed of the plan', text: String(design.seed) },
      {
        name: 'Resamples and their seed',
        text: agreement === null ? 'not computed yet' : `${agreement.replicates}, seed ${agreement.seed}`
      },
      { name: 'Design hash (SHA-256)', text: designHash },
      { name: 'Dataset', text: dataset.name }
    ],
    tables: []
  };
}

function deviations({ registration, unblindedAt }: ReportInput): ReportSection {
  return {
    title: 'Pre-registration',
    facts:
      registration === null
        ? [
            { name: 'Pre-registration', text: 'not pre-registered' },
            { name: 'Results first looked at', text: unblindedAt }
          ]
        : [
            { name: 'Pre-registration', text: `pre-registered, hash ${registration.sha256}` },
            { name: 'Registered', text: `${registration.at} by ${registration.by}` },
            { name: 'Results first looked at', text: unblindedAt },
            {
              name: 'Decided or done after it',
              text: registration.later.length === 0 ? 'nothing' : `${registration.later.length}, listed below`
            }
          ],
    tables:
      registration === null || registration.later.length === 0
        ? []
        : [
            {
              caption: 'Decided or done after the pre-registration',
              columns: ['When', 'What', 'Departs from it'],
              rows: registration.later.map(({ at, what, departs }) => [at, what, departs ? 'yes' : 'no'])
            }
          ]
  };
}

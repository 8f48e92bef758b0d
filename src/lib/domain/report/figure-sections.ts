import { sosParameter } from '../scaling/sos.ts';
import type { Finding } from '../results/finding.ts';
import type { ReportInput, ReportSection } from './report.ts';
import { spread } from './tallies.ts';

export function figures({ results, agreement, design }: ReportInput): ReportSection {
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

export function models({ runs }: ReportInput): ReportSection {
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

export function provenance({ versions, design, designHash, agreement, dataset }: ReportInput): ReportSection {
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

export function deviations({ registration, unblindedAt }: ReportInput): ReportSection {
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

import type { ReportInput, ReportSection } from './report.ts';
import { found, number, spread, tally } from './tallies.ts';

export function observers({ sittings, recruitment, imported, design }: ReportInput): ReportSection {
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

export function viewing({ sittings, design }: ReportInput): ReportSection {
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

export function method({ design, dataset, trials, sittings }: ReportInput): ReportSection {
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

export function screening({ sittings, design, results }: ReportInput): ReportSection {
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

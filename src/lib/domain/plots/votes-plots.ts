import { figureText, observerLabel } from './figure-text.ts';
import { observerOf, simulatedNotes, together, toneOf, type PlotInput } from './plot-input.ts';
import { categoryAxis, drawn, undrawn, type Mark, type PlotOrReason } from './plot.ts';

/** More stimuli than this are put together in as many groups as fit beside each other with their figures. */
const MOST_SINGLE = 16;
const GROUPS = 10;

const SCORES = 'this protocol asks for scores, not for comparisons';

interface Group {
  name: string;
  ids: Set<number>;
}

/** How often each stimulus, or each tenth of them by quality, was judged better than each other. */
export function winMatrix(input: PlotInput): PlotOrReason {
  const { results, counts } = input;
  if (results.protocol === 'single-stimulus') return undrawn(SCORES);
  const one = observerOf(input);
  const wins = one === null ? [] : (counts.observers[one.observer]?.wins ?? []);
  if (one === null || wins.length === 0)
    return undrawn('no comparisons to count: votes are counted for people together and for runs');
  const { groups, by } = groupsOf(input, one.observer);
  const size = groups.length;
  const groupOfId = new Map(groups.flatMap(({ ids }, at) => [...ids].map((id) => [id, at] as const)));
  const won = Array.from({ length: size }, () => new Float64Array(size));
  const votes = Array.from({ length: size }, () => new Float64Array(size));
  for (const { first, second, winsFirst, winsSecond, ties } of wins) {
    const [a, b] = [groupOfId.get(first), groupOfId.get(second)];
    if (a === undefined || b === undefined) continue;
    const n = winsFirst + winsSecond + ties;
    const add = (row: number, column: number, share: number) => {
      const [wonRow, votesRow] = [won[row] as Float64Array, votes[row] as Float64Array];
      wonRow[column] = (wonRow[column] as number) + share;
      votesRow[column] = (votesRow[column] as number) + n;
    };
    // Within a group either way is half: it says nothing, and stays empty.
    if (a === b) continue;
    add(a, b, winsFirst + ties / 2);
    add(b, a, winsSecond + ties / 2);
  }
  const cells = groups.flatMap((row, r) =>
    groups.map((column, c) => {
      const n = (votes[r] as Float64Array)[c] as number;
      return { row, column, r, c, n, share: n === 0 ? null : ((won[r] as Float64Array)[c] as number) / n };
    })
  );
  const side = Math.max(220, Math.min(380, size * 36));
  const names = groups.map(({ name }) => name);
  const label = observerLabel(one);
  const total = wins.reduce((sum, cell) => sum + cell.winsFirst + cell.winsSecond + cell.ties, 0);
  const single = groups.every(({ ids }) => ids.size === 1);
  return drawn({
    name: 'wins',
    title: `Win matrix of ${label}`,
    description: `The share of ${total} comparisons that the ${single ? 'stimulus' : 'group of stimuli'} of the row won against that of the column, best first.`,
    x: categoryAxis(names, `against, ${by}`),
    y: categoryAxis(names, 'share won by'),
    inner: side,
    height: side,
    marks: cells.map(({ row, column, r, c, n, share }): Mark => ({
      kind: 'cell',
      column: c,
      row: r,
      share,
      text: share === null ? '' : figureText(share),
      title:
        share === null
          ? `${row.name} against ${column.name}: ${r === c ? 'the same' : 'not compared'}`
          : `${row.name} against ${column.name}: ${figureText(share)} of ${n} comparisons`
    })),
    legend: [],
    notes: [
      `n = ${total} comparisons; "same" is half a win each way. Empty: not compared${single ? '' : ', or within one group'}.`,
      ...(single ? [] : [`Stimuli in ${size} groups of equal size, ${by}; the best first.`]),
      ...simulatedNotes(one)
    ],
    table: {
      columns: ['row', 'column', 'share won by row', 'n comparisons'],
      rows: cells.map(({ row, column, n, share }) => [row.name, column.name, share, n])
    }
  });
}

/** The stimuli one by one where they are few, else in groups of equal size; the best first. */
function groupsOf({ results, direction }: PlotInput, observer: string): { groups: Group[]; by: string } {
  const known = results.stimuli.every(({ mos }) => mos !== null);
  const quality = (row: (typeof results.stimuli)[number]) =>
    known ? direction * (row.mos as number) : (row.values[observer]?.value ?? -Infinity);
  const sorted = [...results.stimuli].sort((a, b) => quality(b) - quality(a));
  const by = known ? 'by MOS' : 'by its own values';
  if (sorted.length <= MOST_SINGLE)
    return { groups: sorted.map(({ id, stimulus }) => ({ name: stimulus, ids: new Set([id]) })), by };
  const groups = Array.from({ length: GROUPS }, (_, k): Group => {
    const part = sorted.slice(
      Math.round((k * sorted.length) / GROUPS),
      Math.round(((k + 1) * sorted.length) / GROUPS)
    );
    const ends = [part[0], part.at(-1)].map((row) =>
      known && row ? figureText(row.mos, 1) : String((row && sorted.indexOf(row) + 1) ?? '')
    );
    return { name: ends.join(' … '), ids: new Set(part.map(({ id }) => id)) };
  });
  return { groups, by };
}

/** Whether what stands first is chosen more often, whatever it is: people and each run. */
export function positionPlot(input: PlotInput): PlotOrReason {
  const { results, counts, agreement } = input;
  if (results.protocol === 'single-stimulus') return undrawn(SCORES);
  const rows = together(results).flatMap((one) => {
    const first = counts.observers[one.observer]?.first;
    if (!first) return [];
    const report =
      one.kind === 'people'
        ? agreement?.people.value?.observer === one.observer
          ? agreement.people.value.positionBias.value
          : null
        : (agreement?.models.find(({ sessionId }) => sessionId === one.sessionId)?.positionBias.value ??
          null);
    // Pairs shown in both orders take the stimuli out of it; counterbalanced places do so on average.
    return report
      ? [{ one, bias: report.bias, ci95: report.ci95, n: report.pairs, from: 'pairs shown in both orders' }]
      : [
          {
            one,
            bias: first.mean - 0.5,
            ci95: first.ci95 === null ? null : ([first.ci95[0] - 0.5, first.ci95[1] - 0.5] as const),
            n: first.n,
            from: first.over === 'people' ? 'answers, interval over people' : 'answers'
          }
        ];
  });
  if (rows.length === 0) return undrawn('nobody has answered a comparison yet');
  const most = Math.min(
    0.5,
    Math.max(0.1, ...rows.flatMap(({ bias, ci95 }) => [bias, ...(ci95 ?? [])].map(Math.abs))) * 1.1
  );
  const places = rows.length;
  return drawn({
    name: 'position',
    title: 'Position bias',
    description: `How much more often than half the stimulus shown ${results.protocol === 'multiple-stimulus' ? 'further to the front' : 'first'} is judged better, for ${places} observers, with 95 % intervals.`,
    x: { low: -most, high: most, label: 'share of “first” minus ½' },
    y: categoryAxis(
      rows.map(({ one }) => observerLabel(one)),
      ''
    ),
    height: Math.max(90, places * 36),
    marks: [
      {
        kind: 'line',
        role: 'fit',
        points: [
          [0, -0.5],
          [0, places - 0.5]
        ]
      },
      ...rows.flatMap(({ one, bias, ci95, n, from }, at): Mark[] => [
        {
          kind: 'bars',
          along: 'x',
          tone: toneOf(one),
          strong: true,
          segments: ci95 === null ? [] : [[at, Math.max(-0.5, ci95[0]), Math.min(0.5, ci95[1])]]
        },
        {
          kind: 'point',
          x: bias,
          y: at,
          tone: toneOf(one),
          simulated: one.simulated,
          title: `${observerLabel(one)}: ${figureText(bias, 3)}${ci95 === null ? '' : `, 95 % interval ${figureText(ci95[0], 3)} to ${figureText(ci95[1], 3)}`}; ${n} ${from}`
        }
      ])
    ],
    legend: [],
    notes: [
      `n: ${rows.map(({ one, n, from }) => `${one.observer} ${n} ${from}`).join('; ')}.`,
      'Bars: 95 % intervals. Places are counterbalanced, so that without a bias the share is a half.',
      ...simulatedNotes(...rows.map(({ one }) => one))
    ],
    table: {
      columns: ['observer', 'share of first minus 0.5', 'low 95 %', 'high 95 %', 'n', 'of'],
      rows: rows.map(({ one, bias, ci95, n, from }) => [
        observerLabel(one),
        bias,
        ci95?.[0] ?? null,
        ci95?.[1] ?? null,
        n,
        from
      ])
    }
  });
}

import { describe, expect, it } from 'vitest';
import { simulatedStudy, type Cast } from '../../../../tests/fixtures/simulated-study.ts';
import { countAnswers } from '../results/answer-counts.ts';
import { eachOf } from '../results/packed-answers.ts';
import { studyAgreement } from '../results/study-agreement.ts';
import { studyResults, type StudyRecord } from '../results/study-results.ts';
import { svgFile } from './draw-svg.ts';
import { thinned, type Plot } from './plot.ts';
import type { PlotInput } from './plot-input.ts';
import { STUDY_PLOT_NAMES, studyPlot, type StudyPlotName } from './study-plots.ts';

const people = (count: number, kind = 'rater'): Cast[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `r${i}`,
    door: 'page',
    kind,
    observer: { sigma: 10 + i, sideBias: 12 }
  }));
const model: Cast = { name: 'm & <b>', door: 'model', observer: { sigma: 6 } };

function inputOf(record: StudyRecord, observer = model.name, slow = true): PlotInput {
  const trials = new Map(record.trials.map((trial) => [trial.id, trial]));
  const counter = countAnswers(record.study.design, trials, record.sessions);
  for (const answer of eachOf(record.answers)) counter.add(answer);
  return {
    results: studyResults(record),
    direction: 1,
    simulatedDataset: false,
    counts: counter.finish(),
    agreement: slow ? studyAgreement({ record, replicates: 50, simulations: 10 }) : null,
    observer
  };
}

function plotOf(name: StudyPlotName, input: PlotInput): Plot {
  const { plot, why } = studyPlot(name, input);
  if (plot === null) throw new Error(`${name}: ${why}`);
  return plot;
}

const scores = inputOf(simulatedStudy('single-stimulus', 'no-reference', 40, [...people(6), model]));
const pairs = inputOf(simulatedStudy('double-stimulus', 'no-reference', 30, [...people(6), model]));
const groups = inputOf(
  simulatedStudy('multiple-stimulus', 'full-reference', 32, [...people(5, 'synthetic'), model])
);

describe('the plots of a study', () => {
  it('are those that its protocol allows; the others say why', () => {
    const there = (input: PlotInput) =>
      STUDY_PLOT_NAMES.filter((name) => studyPlot(name, input).plot !== null);
    expect(there(scores)).toEqual(['mos', 'residuals', 'scale', 'ceiling', 'equivalents', 'sos', 'ratings']);
    expect(there(pairs)).toEqual([
      'mos',
      'residuals',
      'scale',
      'psychometric',
      'position',
      'ceiling',
      'sos',
      'wins'
    ]);
    expect(there(groups)).toContain('wins');
    for (const input of [scores, pairs, groups]) {
      for (const name of STUDY_PLOT_NAMES) {
        const { plot, why } = studyPlot(name, input);
        expect(plot === null ? why?.length : plot.table.rows.length, name).toBeGreaterThan(0);
      }
    }
    const early = studyPlot('ceiling', { ...scores, agreement: null });
    expect(early.why).toContain('have not been computed');
  });

  it('hold what the results say: each stimulus once, its value and its MOS', () => {
    const plot = plotOf('mos', scores);
    const [first] = plot.table.rows;
    const stimulus = scores.results.stimuli.find((one) => one.stimulus === first?.[0]);
    expect(plot.table.rows).toHaveLength(40);
    expect(first?.slice(2, 5)).toEqual([stimulus?.values[model.name]?.value, stimulus?.mos, stimulus?.sigma]);
    const residuals = plotOf('residuals', scores).table.rows;
    for (const [, mos, sigma, mapped, residual] of residuals as number[][])
      expect(residual).toBeCloseTo(((mapped as number) - (mos as number)) / (sigma as number), 12);
  });

  it('count every comparison once: shares of row and column add up to one', () => {
    const { table } = plotOf('wins', pairs);
    const cell = new Map(table.rows.map(([row, column, share, n]) => [`${row}/${column}`, { share, n }]));
    const names = [...new Set(table.rows.map(([row]) => row))];
    let n = 0;
    for (const row of names)
      for (const column of names) {
        const [one, other] = [cell.get(`${row}/${column}`), cell.get(`${column}/${row}`)];
        expect(one?.n).toBe(other?.n);
        n += Number(one?.n);
        if (one?.share != null) expect(Number(one.share) + Number(other?.share)).toBeCloseTo(1, 12);
      }
    expect(n).toBeGreaterThan(0);
    // Better groups stand further up: the last column is beaten by the first row.
    expect(cell.get(`${names[0]}/${names.at(-1)}`)?.share ?? 1).toBeGreaterThan(0.5);
  });

  it('find the side that people lean to, over people and not over answers', () => {
    const { rows } = plotOf('position', pairs).table;
    const [, bias, low, , n, of] = rows.find(([name]) => name === 'people') as (string | number)[];
    expect(bias).toBeGreaterThan(0.02);
    expect(low).toBeLessThan(bias as number);
    expect(n).toBe(6 * pairs.results.observers.find((one) => one.observer === 'r0')!.presentations);
    expect(of).toContain('over people');
  });

  it('count every rating in one bin', () => {
    const { columns, rows } = plotOf('ratings', scores).table;
    expect(columns).toHaveLength(3);
    const sums = [1, 2].map((k) => rows.reduce((sum, row) => sum + Number(row[k]), 0));
    expect(sums).toEqual([240, 40]);
  });

  it('say who is simulated, in the drawing itself', () => {
    const svg = svgFile(plotOf('ceiling', groups));
    expect(svg).toContain('Simulated: simulated people.');
  });
});

describe('a drawing as a file', () => {
  const all = [scores, pairs, groups].flatMap((input) =>
    STUDY_PLOT_NAMES.flatMap((name) => studyPlot(name, input).plot ?? [])
  );

  it('has colours of its own, a title, what it shows, n, and no markup out of names', () => {
    expect(all.length).toBeGreaterThan(20);
    for (const plot of all) {
      const svg = svgFile(plot);
      expect(svg, plot.name).not.toMatch(/var\(|class=|NaN|Infinity|undefined|<b>/);
      expect(svg).toMatch(/<title id="plot-title">[^<]+<\/title><desc id="plot-desc">[^<]+<\/desc>/);
      expect(plot.notes.join(' ')).toMatch(/n = \d|n: |people \(/);
      expect(plot.x.label + plot.y.label).not.toBe('');
    }
    expect(svgFile(plotOf('mos', scores))).toContain('m &amp; &lt;b&gt;');
  });

  it('draws every point; a page draws some and says so', () => {
    const plot = plotOf('mos', scores);
    expect(svgFile(plot).match(/<rect x=/g)).toHaveLength(40 + 1);
    const less = thinned(plot, 10, 5);
    expect(less.marks.filter(({ kind }) => kind === 'point')).toHaveLength(10);
    expect(less.notes.at(-1)).toBe('10 of 40 points are drawn here, all in the files.');
    expect([less.table.rows.length, less.rowsLeft]).toEqual([5, 35]);
  });

  it('says where nobody real is behind the MOS and σ of a dataset', () => {
    const real = plotOf('sos', pairs);
    expect(real.legend?.[0]).toMatchObject({ text: 'the dataset’s people', simulated: false });
    const made = plotOf('sos', { ...pairs, simulatedDataset: true });
    expect(made.legend?.[0]).toMatchObject({ text: 'the dataset’s simulated people', simulated: true });
    expect(made.notes.join(' ')).toContain('Simulated: the dataset’s MOS and σ.');
  });
});

import { isSitting, missingRate } from '#lib/domain/results/headline.ts';
import type { StudyResults } from '#lib/domain/results/study-results.ts';
import type { StudyAgreement } from '#lib/domain/results/agreement-report.ts';
import { yardsticksOf } from '#lib/domain/results/yardsticks.ts';
import { latexNumber, latexText } from '#lib/server/tables/latex-text.ts';

/**
 * The study's agreement with MOS as a booktabs table: people pooled and every run, the best run in bold, and what they are
 * read beside: one person, and chance.
 */
export function agreementLatex(results: StudyResults, agreement: StudyAgreement | null): string {
  const { person, chance, of } = yardsticksOf(results, agreement);
  const observers = results.observers.filter((observer) => !isSitting(observer));
  const runs = observers.filter(({ kind }) => kind !== 'people');
  const best = (key: 'srcc' | 'plcc') => {
    const known = runs.flatMap((run) => run[key] ?? []);
    return known.length > 1 ? Math.max(...known) : null;
  };
  const bestSrcc = best('srcc');
  const bestPlcc = best('plcc');
  const bold = (text: string, yes: boolean) => (yes ? `\\textbf{${text}}` : text);
  const kinds = new Set<string>();
  const rows = observers.map((observer) => {
    const { ci95, interval, paperFaithful } = of(observer, 'mos');
    if (interval !== null) kinds.add(interval);
    const missing = missingRate(observer);
    const simulated = observer.simulated ? ' (simulated)' : '';
    const run = observer.kind !== 'people';
    return [
      latexText(`${observer.observer}${simulated}`),
      bold(latexNumber(observer.srcc, 3), run && observer.srcc !== null && observer.srcc === bestSrcc),
      ci95 === null ? '--' : `[${latexNumber(ci95[0], 3)}, ${latexNumber(ci95[1], 3)}]`,
      latexNumber(paperFaithful, 3),
      bold(latexNumber(observer.plcc, 3), run && observer.plcc !== null && observer.plcc === bestPlcc),
      latexNumber(observer.krcc, 3),
      latexNumber(observer.rmse, 2),
      String(observer.n),
      missing === null ? '--' : `${(100 * missing).toFixed(1)}\\,\\%`
    ];
  });
  if (person !== null) {
    const who = person.simulated ? 'simulated raters' : 'people';
    rows.push([
      latexText(`One person (median of ${person.people} ${who})`),
      ...[latexNumber(person.srcc, 3), '--', '--', latexNumber(person.plcc, 3)],
      ...[latexNumber(person.krcc, 3), latexNumber(person.rmse, 2), String(person.people), '--']
    ]);
  }
  if (chance !== null)
    rows.push([
      'Chance ($|$SRCC$|$, 95\\,\\%)',
      latexNumber(chance, 3),
      ...Array.from({ length: 7 }, () => '--')
    ]);
  const notes = [
    ...(results.scenario === 'fr' ? ['Figures are means over references.'] : []),
    ...(kinds.has('resampled')
      ? [
          `95\\,\\% intervals from ${agreement?.replicates} resamples of ${agreement?.unit}, of raters too for people.`
        ]
      : []),
    ...(kinds.has('bonett-wright') ? ['95\\,\\% intervals after Bonett and Wright.'] : []),
    ...(agreement === null ? [] : ['Paper-faithful: SRCC through the published pipeline.'])
  ].join(' ');
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{Agreement with the MOS in ${latexText(results.study)} (${results.protocol}). ${notes} Design hash ${results.designHash.slice(0, 12)}.}`,
    '\\begin{tabular}{lrrrrrrrr}',
    '\\toprule',
    'Observer & SRCC & 95\\,\\% CI & Paper-faithful & PLCC & KRCC & RMSE & $n$ & Missing \\\\',
    '\\midrule',
    ...rows.map((row) => `${row.join(' & ')} \\\\`),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    ''
  ].join('\n');
}

import { isSitting, missingRate } from '#lib/domain/results/headline.ts';
import type { StudyResults } from '#lib/domain/results/study-results.ts';
import { spearmanInterval } from '#lib/stats/intervals.ts';
import { latexNumber, latexText } from '#lib/server/tables/latex-text.ts';

/** The study's agreement with MOS as a booktabs table: people pooled and every run; the best run in bold. */
export function agreementLatex(results: StudyResults): string {
  const observers = results.observers.filter((observer) => !isSitting(observer));
  const runs = observers.filter(({ kind }) => kind !== 'people');
  const best = (key: 'srcc' | 'plcc') => {
    const known = runs.flatMap((run) => run[key] ?? []);
    return known.length > 1 ? Math.max(...known) : null;
  };
  const bestSrcc = best('srcc');
  const bestPlcc = best('plcc');
  const bold = (text: string, yes: boolean) => (yes ? `\\textbf{${text}}` : text);
  const rows = observers.map((observer) => {
    const interval =
      observer.references === null && observer.srcc !== null
        ? spearmanInterval(observer.srcc, observer.n)
        : null;
    const missing = missingRate(observer);
    const simulated = observer.simulated ? ' (simulated)' : '';
    const run = observer.kind !== 'people';
    return [
      latexText(`${observer.observer}${simulated}`),
      bold(latexNumber(observer.srcc, 3), run && observer.srcc !== null && observer.srcc === bestSrcc),
      interval === null ? '--' : `[${latexNumber(interval[0], 3)}, ${latexNumber(interval[1], 3)}]`,
      bold(latexNumber(observer.plcc, 3), run && observer.plcc !== null && observer.plcc === bestPlcc),
      latexNumber(observer.krcc, 3),
      latexNumber(observer.rmse, 2),
      String(observer.n),
      missing === null ? '--' : `${(100 * missing).toFixed(1)}\\,\\%`
    ];
  });
  const scale =
    results.scenario === 'fr'
      ? 'Figures are means over references.'
      : '95\\,\\% intervals after Bonett and Wright.';
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{Agreement with the MOS in ${latexText(results.study)} (${results.protocol}). ${scale} Design hash ${results.designHash.slice(0, 12)}.}`,
    '\\begin{tabular}{lrrrrrrr}',
    '\\toprule',
    'Observer & SRCC & 95\\,\\% CI & PLCC & KRCC & RMSE & $n$ & Missing \\\\',
    '\\midrule',
    ...rows.map((row) => `${row.join(' & ')} \\\\`),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    ''
  ].join('\n');
}

import type { PaperTable, TableCell } from '#lib/domain/tables/paper-tables.ts';
import { latexNumber, latexText } from './latex-text.ts';
import { csvText } from './write-table.ts';

const FIGURES = { srcc: 'SRCC', plcc: 'PLCC' } as const;

/** One row a cell, with everything that is known of it, and what was published beside it. */
export function paperTableCsv({ name, columns, sections }: PaperTable): string {
  const header =
    'table,section,row,note,dataset,figure,value,low,high,n,references,missing,best,trainedOn,simulated,complete,study,run,paperFaithful,published,source';
  return csvText([
    header.split(','),
    ...sections.flatMap(({ title, rows }) =>
      rows.flatMap((row) =>
        row.cells.flatMap((cell, index) => {
          const column = columns[index];
          const published = row.published[index] ?? null;
          if (!column || (cell === null && published === null)) return [];
          return [
            [
              name,
              title,
              row.label,
              row.note,
              column.dataset,
              column.figure,
              cell?.value ?? null,
              cell?.low ?? null,
              cell?.high ?? null,
              cell?.n ?? null,
              cell?.references ?? null,
              cell?.missing ?? null,
              cell?.best ?? null,
              cell?.trainedOn ?? null,
              cell?.simulated ?? null,
              cell?.complete ?? null,
              cell?.study ?? null,
              cell?.sessionId ?? null,
              cell?.paperFaithful ?? null,
              published?.value ?? null,
              published?.source ?? null
            ]
          ];
        })
      )
    )
  ]);
}

export function paperTableMarkdown({ caption, columns, sections, notes }: PaperTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const text = (cell: TableCell | null, published: number | null) => {
    const beside = published === null ? '' : ` (${published.toFixed(3)})`;
    if (cell === null || cell.value === null) return `–${beside}`;
    const star = cell.trainedOn ? '\\*' : '';
    const figure = `${cell.value.toFixed(3)}${star}`;
    return `${cell.best ? `**${figure}**` : figure}${beside}<br>${detailsOf(cell).join(', ')}`;
  };
  return [
    caption + sourcesText(sections) + notesText(notes),
    '',
    line(['Method', ...columns.map(({ dataset, figure }) => `${dataset} ${FIGURES[figure]}`)]),
    line([':--', ...columns.map(() => '--:')]),
    ...sections.flatMap(({ title, rows }) => [
      line([`*${title}*`, ...columns.map(() => '')]),
      ...rows.map((row) =>
        line([
          nameOf(row),
          ...row.cells.map((cell, index) => text(cell, row.published[index]?.value ?? null))
        ])
      )
    ]),
    ''
  ].join('\n');
}

export function paperTableLatex({ caption, columns, sections, notes }: PaperTable): string {
  const datasets: { name: string; span: number }[] = [];
  for (const { dataset } of columns) {
    const last = datasets.at(-1);
    if (last?.name === dataset) last.span++;
    else datasets.push({ name: dataset, span: 1 });
  }
  const wide = datasets.some(({ span }) => span > 1);
  const row = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  const text = (cell: TableCell | null, published: number | null) => {
    const beside = published === null ? '' : ` (${latexNumber(published, 3)})`;
    if (cell === null || cell.value === null) return `--${beside}`;
    const figure = `${latexNumber(cell.value, 3)}${cell.trainedOn ? '\\textsuperscript{*}' : ''}`;
    return `${cell.best ? `\\textbf{${figure}}` : figure}${beside}`;
  };
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '\\centering',
    `\\caption{${latexText(caption + sourcesText(sections) + notesText(notes))}}`,
    `\\begin{tabular}{l${'r'.repeat(columns.length)}}`,
    '\\toprule',
    row([
      'Method',
      ...datasets.map(({ name, span }) =>
        span === 1 ? latexText(name) : `\\multicolumn{${span}}{c}{${latexText(name)}}`
      )
    ]),
    ...(wide ? [row(['', ...columns.map(({ figure }) => FIGURES[figure])])] : []),
    ...sections.flatMap(({ title, rows }) => [
      '\\midrule',
      `\\multicolumn{${columns.length + 1}}{l}{\\textit{${latexText(title)}}} \\\\`,
      ...rows.flatMap(({ label, simulated, cells, published }) => {
        const figures = cells.map((cell, index) => text(cell, published[index]?.value ?? null));
        // Under each figure, small: a line is taken out of a table sooner than it is put in.
        const below = cells.map((cell) =>
          cell === null || cell.value === null
            ? ''
            : `{\\scriptsize ${latexText(detailsOf(cell).join(', '))}}`
        );
        return [
          row([latexText(nameOf({ label, simulated })), ...figures]),
          ...(below.every((one) => one === '') ? [] : [row(['', ...below])])
        ];
      })
    ]),
    '\\bottomrule',
    '\\end{tabular}',
    '\\end{table}',
    ''
  ].join('\n');
}

/** What a figure is worth: its interval, how much it rests on, and what the published pipeline makes of the same. */
function detailsOf({ low, high, n, references, missing, paperFaithful }: TableCell): string[] {
  return [
    low === null || high === null ? [] : `[${low.toFixed(2)}, ${high.toFixed(2)}]`,
    `n ${n}${references === null ? '' : ` in ${references}`}`,
    missing === null ? [] : `${(100 * missing).toFixed(1)} % missing`,
    paperFaithful === null ? [] : `paper-faithful ${paperFaithful.toFixed(3)}`
  ].flat();
}

function nameOf({ label, simulated }: { label: string; simulated: boolean }): string {
  return simulated ? `${label} (simulated)` : label;
}

/** Whose figures stand in parentheses. */
function sourcesText(sections: PaperTable['sections']): string {
  const sources = new Set(
    sections.flatMap(({ rows }) =>
      rows.flatMap(({ published }) => published.flatMap((one) => one?.source ?? []))
    )
  );
  return sources.size === 0 ? '' : ` In parentheses, as published: ${[...sources].join('; ')}.`;
}

function notesText(notes: readonly string[]): string {
  return notes.map((note) => ` ${note}`).join('');
}

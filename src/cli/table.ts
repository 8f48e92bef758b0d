/** A table for a person: columns aligned, figures to the right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[]
): string {
  const cells = rows.map((row) => row.map(show));
  const widths = header.map((name, column) =>
    Math.max(width(name), ...cells.map((row) => width(row[column] ?? '')))
  );
  const numeric = header.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
        return numeric[column] ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(header), ...cells.map(line)].join('\n') + '\n';
}

function show(cell: string | number | null): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell) : cell.toPrecision(4);
}

function width(text: string): number {
  return [...text].length;
}

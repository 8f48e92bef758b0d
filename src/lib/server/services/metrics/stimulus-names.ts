import type * as datasets from '#lib/server/db/datasets.ts';

/**
 * Finds the stimulus that a table names: by its name in the dataset or, where only one has it, by its file name alone
 * (lists are often made without the `images/` in front).
 */
export function stimulusFinder(
  stimuli: readonly Pick<datasets.StimulusRow, 'id' | 'name'>[]
): (name: string) => { id: number } | { problem: string } {
  const byName = new Map(stimuli.map((row) => [row.name, row]));
  const byFile = new Map<string, Pick<datasets.StimulusRow, 'id' | 'name'>[]>();
  for (const row of stimuli) {
    const file = row.name.slice(row.name.lastIndexOf('/') + 1);
    const list = byFile.get(file);
    if (list) list.push(row);
    else byFile.set(file, [row]);
  }
  return (given) => {
    const name = given
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, '');
    const exact = byName.get(name);
    if (exact) return { id: exact.id };
    const candidates = name.includes('/') ? [] : (byFile.get(name) ?? []);
    if (candidates.length === 1) return { id: (candidates[0] as { id: number }).id };
    if (candidates.length > 1) {
      return {
        problem: `${JSON.stringify(name)} could be ${candidates
          .slice(0, 3)
          .map((row) => row.name)
          .join(' or ')}`
      };
    }
    return { problem: `the dataset has no stimulus ${JSON.stringify(name)}` };
  };
}

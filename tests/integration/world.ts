import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Protocol, StudyDesign } from '../../src/lib/domain/study.ts';
import type { Study } from '../../src/lib/server/db/studies.ts';
import { importDataset } from '../../src/lib/server/services/import-dataset.ts';
import { readMosCsv } from '../../src/lib/server/services/import/mos-table.ts';
import { planStudy } from '../../src/lib/server/services/plan-study.ts';
import { folderSource } from '../../src/lib/server/storage/image-source.ts';
import { openTable } from '../../src/lib/server/tables/read-table.ts';
import { picture, type TestLab } from './support.ts';

/** A dataset of generated pictures with a MOS that rises with their number; references × perReference of them when FR. */
export async function makeDataset(
  test: TestLab,
  name: string,
  options: { count: number; references?: number }
): Promise<void> {
  const directory = path.join(test.directory, name);
  mkdirSync(directory, { recursive: true });
  const references = options.references ?? 0;
  const rows = [references > 0 ? 'stimulus,reference,mos,sigma' : 'stimulus,mos,sigma'];
  for (let reference = 0; reference < references; reference++) {
    writeFileSync(path.join(directory, `ref${reference}.png`), await picture(5000 + reference));
  }
  for (let i = 0; i < options.count; i++) {
    const file = `secret-name-${String(i).padStart(4, '0')}.png`;
    writeFileSync(path.join(directory, file), await picture(i));
    const mos = ((i + 0.5) * 100) / options.count;
    rows.push(references > 0 ? `${file},ref${i % references}.png,${mos},10` : `${file},${mos},10`);
  }
  const list = path.join(directory, 'mos.csv');
  writeFileSync(list, `${rows.join('\n')}\n`);
  const source = await folderSource(directory, directory);
  await importDataset(test.lab, source, {
    name,
    scenario: references > 0 ? 'full-reference' : 'no-reference',
    mos: await readMosCsv(await openTable(list), {}),
    mosRange: { low: 0, high: 100 },
    layout: 'folder',
    ifMissing: false
  });
}

export function makeStudy(
  test: TestLab,
  dataset: string,
  name: string,
  protocol: Protocol,
  design: Partial<Omit<StudyDesign, 'protocol' | 'scenario' | 'seed' | 'exemplars'>> = {},
  exemplars: string[] = []
): Promise<Study> {
  return planStudy(test.lab, { name, dataset, subset: null, protocol, seed: 1, exemplars, design });
}

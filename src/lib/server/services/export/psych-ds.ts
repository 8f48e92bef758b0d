import * as registrations from '#lib/server/db/registrations.ts';
import type { Study } from '#lib/server/db/studies.ts';
import { addressOf, datasetOf } from '#lib/server/db/studies.ts';
import type { Column } from '#lib/server/tables/table.ts';
import { csvPieces, encoded } from '#lib/server/tables/write-stream.ts';
import type { ZipEntry } from '#lib/server/tables/write-zip.ts';
import type { Lab } from '../lab.ts';
import { writeDesign } from '../write-design.ts';
import { studyTable, TABLES } from './study-tables.ts';

/**
 * A study as a Psych-DS dataset (psych-ds.github.io): metadata in schema.org's terms, data files under data/ whose names
 * are keyword-value pairs and end in _data.csv, every column described.
 */
export async function* psychDsEntries(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<ZipEntry> {
  const tables = [];
  for (const name of TABLES) tables.push(await studyTable(lab, study, name, { participants: false }));
  const dataset = await datasetOf(lab.db, study);
  const registered = await registrations.ofStudy(lab.db, study.id);
  const description = {
    '@context': 'https://schema.org/',
    '@type': 'Dataset',
    name: addressOf(study),
    description: `Judgments of image quality by people and models: ${study.protocol}, ${study.scenario}, over stimuli of ${dataset.name}. Design hash ${study.designHash}.`,
    identifier: study.designHash,
    dateCreated: study.createdAt.toISOString(),
    schemaVersion: 'Psych-DS 0.4.0',
    license: dataset.licence ?? undefined,
    ...(registered === null ? {} : { isBasedOn: `urn:sha256:${registered.sha256}` }),
    keywords: ['image quality assessment', study.protocol, study.scenario],
    variableMeasured: variables(tables)
  };
  yield { name: 'dataset_description.json', input: `${JSON.stringify(description, null, 2)}\n` };
  yield { name: 'README.md', input: readme(study, dataset.name, tables) };
  for (const table of tables) {
    yield { name: `data/${psychDsFileName(study, table.name)}`, input: encoded(csvPieces(table)) };
  }
  if (registered !== null) yield { name: 'materials/preregistration.json', input: registered.text };
  yield { name: 'materials/design.json', input: (await writeDesign(lab, study)).text };
}

/** Values of keywords are letters and digits alone. */
export function psychDsFileName(study: Pick<Study, 'name' | 'version'>, table: string): string {
  const plain = `${study.name}v${study.version}`.normalize('NFKD').replaceAll(/[^A-Za-z0-9]/g, '');
  return `study-${plain}_description-${table}_data.csv`;
}

/** Each column once; where a name stands for two things in two files, the description says in which what. */
function variables(tables: readonly { name: string; columns: readonly Column[] }[]): unknown[] {
  const found = new Map<string, { type: string; descriptions: Map<string, string[]> }>();
  for (const { name: table, columns } of tables) {
    for (const { name, type, description } of columns) {
      const variable = found.get(name) ?? { type, descriptions: new Map<string, string[]>() };
      variable.descriptions.set(description, [...(variable.descriptions.get(description) ?? []), table]);
      found.set(name, variable);
    }
  }
  return [...found].map(([name, { descriptions }]) => ({
    '@type': 'PropertyValue',
    name,
    description:
      descriptions.size === 1
        ? [...descriptions.keys()][0]
        : [...descriptions].map(([text, where]) => `In ${where.join(' and ')}: ${text}`).join('. ')
  }));
}

function readme(study: Study, dataset: string, tables: readonly { name: string }[]): string {
  return [
    `# ${addressOf(study)}`,
    '',
    `A ${study.protocol}, ${study.scenario} study over stimuli of ${dataset}, exported by Limen.`,
    '',
    'CSV is UTF-8; a missing value is an empty cell; lists within a cell are separated by "|"; a text that a',
    'spreadsheet would take for a formula has an apostrophe in front. Simulated observers are of the kind `synthetic`.',
    '',
    ...tables.map(({ name }) => `- \`data/${psychDsFileName(study, name)}\``),
    '- `materials/design.json`: the text whose SHA-256 is the design hash',
    ''
  ].join('\n');
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StudyDesign, Protocol } from '../../../src/lib/domain/study.ts';
import { noisePixels, rgbPng } from '../../fixtures/made-images.ts';
import type { LabServer } from './server.ts';

export interface MadeFolder {
  directory: string;
  mosFile: string;
  /** The exact bytes of each file, by its name. */
  files: Map<string, Uint8Array>;
}

let made = 0;

/** A name that no other test of this worker has. */
export function fresh(what: string): string {
  return `${what}-${process.pid}-${++made}`;
}

/** A folder of pictures without any pattern, each another, and their MOS; with a reference each when FR. */
export function makeFolder(
  lab: LabServer,
  name: string,
  options: { count: number; references?: number; widthPx?: number; heightPx?: number }
): MadeFolder {
  const directory = path.join(lab.directory, 'folders', name);
  mkdirSync(directory, { recursive: true });
  const { count, references = 0, widthPx = 96, heightPx = 64 } = options;
  const files = new Map<string, Uint8Array>();
  const write = (file: string, seed: number) => {
    const bytes = rgbPng(widthPx, heightPx, noisePixels(widthPx * heightPx * 3, seed));
    writeFileSync(path.join(directory, file), bytes);
    files.set(file, bytes);
  };
  const rows = [references > 0 ? 'stimulus,reference,mos,sigma' : 'stimulus,mos,sigma'];
  for (let i = 0; i < references; i++) write(`pristine-${i}.png`, 9000 + i);
  for (let i = 0; i < count; i++) {
    const file = `telltale-${i}.png`;
    write(file, 17 + i * 31);
    const mos = 61.5 + (i % 300) / 8;
    rows.push(references > 0 ? `${file},pristine-${i % references}.png,${mos},9` : `${file},${mos},9`);
  }
  const mosFile = path.join(directory, 'mos.csv');
  writeFileSync(mosFile, `${rows.join('\n')}\n`);
  return { directory, mosFile, files };
}

export async function importFolder(
  lab: LabServer,
  folder: MadeFolder,
  name: string,
  scenario: 'fr' | 'nr'
): Promise<void> {
  await lab.call('import', {
    directory: folder.directory,
    directoryLabel: folder.directory,
    mosFile: folder.mosFile,
    mosLabel: folder.mosFile,
    columns: null,
    mosRange: { low: 0, high: 100 },
    name,
    scenario: scenario === 'fr' ? 'full-reference' : 'no-reference',
    layout: 'folder',
    ifMissing: false
  });
}

export interface MadeStudy {
  study: string;
  dataset: string;
  folder: MadeFolder;
  /** Addresses of personal links. */
  links: string[];
}

/** A dataset, a study over it and links into it. */
export async function makeStudy(
  lab: LabServer,
  protocol: Protocol,
  scenario: 'fr' | 'nr',
  options: {
    count: number;
    widthPx?: number;
    heightPx?: number;
    references?: number;
    links?: number;
    open?: boolean;
    design?: Partial<Omit<StudyDesign, 'protocol' | 'scenario' | 'seed' | 'exemplars'>>;
  }
): Promise<MadeStudy> {
  const dataset = fresh('hush-pictures');
  const study = fresh('study');
  const references = scenario === 'fr' ? (options.references ?? 1) : 0;
  const folder = makeFolder(lab, dataset, { ...options, references });
  await importFolder(lab, folder, dataset, scenario);
  await lab.call('study-create', {
    name: study,
    dataset,
    subset: null,
    protocol,
    seed: 1,
    exemplars: [],
    design: options.design ?? {},
    ifMissing: false
  });
  const tokens = await lab.call<string[]>('invite', {
    study,
    count: options.links ?? 1,
    open: options.open ?? false
  });
  return { study, dataset, folder, links: tokens.map((token) => `${lab.address}/r/${token}`) };
}

/** A row of `limen export --what responses`: one presentation, answered or not. */
export interface ResponseRow {
  session: number;
  position: number;
  stimuli: string[];
  outcome: string | null;
  score: number | null;
  choice: string | null;
  ranking: number[] | null;
  /** On the study's own scale. */
  raw: number | null;
  responseTimeMs: number | null;
  presentedAt: string | null;
}

/** Every presentation of a study as a researcher exports it, in the order of the sittings. */
export async function exportedRows(lab: LabServer, study: string): Promise<ResponseRow[]> {
  const out = path.join(lab.directory, `${fresh('export')}.json`);
  await lab.call('export', { study, what: 'responses', format: 'json', out });
  const rows = JSON.parse(readFileSync(out, 'utf8')) as ResponseRow[];
  return rows.sort((a, b) => a.session - b.session || a.position - b.position);
}

import type { Scenario } from '#lib/domain/study.ts';
import type { MosTable, Refusal } from './mos-table.ts';
import type { MetadataReport } from './telling-metadata.ts';

export interface ImportOptions {
  name: string;
  scenario: Scenario;
  /** Human values; null for a folder of pictures alone. */
  mos: MosTable | null;
  mosRange: { low: number; high: number } | null;
  layout: string;
  /** Take in what is new where the dataset exists already. */
  ifMissing: boolean;
  licence?: string | null;
  attribute?: string | null;
  simulated?: boolean;
  source?: string | null;
  /** −1 where the score is a difference: lower is closer. */
  direction?: 1 | -1;
  /** Rows are pairs of pictures (see `matchRows`). */
  pairs?: boolean;
  /** Store pictures without metadata that could tell where they come from; the pixels stay to the byte. */
  cleanMetadata?: boolean;
  /** How pictures were changed on their way in, with every parameter; null where they were not. */
  made?: unknown;
}

export interface ImportProgress {
  done: number;
  total: number;
  bytes: number;
  imported: number;
  alreadyThere: number;
  refused: number;
}

export interface ImportReport {
  dataset: string;
  imported: number;
  alreadyThere: number;
  refused: Refusal[];
  warnings: string[];
  mosRange: { low: number; high: number } | null;
  /** What the pictures carried besides themselves; null where none carried anything. */
  metadata: MetadataReport | null;
}

import type { StudyAgreement } from '../results/agreement-report.ts';
import type { StudyResults } from '../results/study-results.ts';
import type { Later } from '../registration/registration.ts';
import type { StudyDesign } from '../study.ts';

/** One thing that a report says; null where nobody recorded it. */
export interface ReportFact {
  name: string;
  text: string | null;
}

export interface ReportTable {
  caption: string;
  columns: string[];
  /** A cell is null where nothing was recorded. */
  rows: (string | null)[][];
}

export interface ReportSection {
  title: string;
  facts: ReportFact[];
  tables: ReportTable[];
}

export interface ReportedSitting {
  observer: string;
  simulated: boolean;
  state: string;
  usable: boolean | null;
  reasons: readonly string[];
  device: Record<string, unknown> | null;
  /** By step: what was answered or found. */
  said: Record<string, { value: unknown }> | null;
  minutes: number | null;
}

export interface ReportedRun {
  observer: string;
  simulated: boolean;
  control: string | null;
  model: string;
  strategy: string | null;
  parameters: string;
  prompts: string[];
  outcomes: Record<string, number>;
  presentations: number;
  tokensIn: number;
  tokensOut: number;
  /** US dollars; null where no price was given. */
  cost: number | null;
}

export interface ReportInput {
  address: string;
  dataset: { name: string; stimuli: number; simulated: boolean; licence: string | null };
  design: StudyDesign;
  designHash: string;
  trials: Record<string, number>;
  sittings: readonly ReportedSitting[];
  recruitment: readonly string[];
  imported: number;
  runs: readonly ReportedRun[];
  results: StudyResults;
  /** null where it was not computed. */
  agreement: StudyAgreement | null;
  registration: { sha256: string; at: string; by: string; later: readonly Later[] } | null;
  unblindedAt: string | null;
  versions: { limen: string; node: string; parser: number };
}

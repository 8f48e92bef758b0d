import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { chanceFloor } from '#lib/domain/results/chance-floor.ts';
import type { Dimension } from '#lib/domain/results/split-results.ts';
import type { Scenario } from '#lib/domain/study.ts';
import * as datasets from '#lib/server/db/datasets.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as runSummaries from '#lib/server/db/run-summaries.ts';
import * as studies from '#lib/server/db/studies.ts';
import { folderSource, type SourceFile } from '#lib/server/storage/image-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { analyseStudy } from '../analyse-study.ts';
import { exportBundle } from '../bundle/export-bundle.ts';
import { importBundle, type BundleReport } from '../bundle/import-bundle.ts';
import { createSubset, type SubsetOptions } from '../create-subset.ts';
import {
  exportLayout,
  exportTable,
  LAYOUTS,
  TABLES,
  type ExportedFile,
  type Layout,
  type TableFormat,
  type TableName
} from '../export-study.ts';
import { keepDemonstration, readDemonstration, type Demonstration } from '../demonstration.ts';
import { datasetNamed, studyNamed } from '../find.ts';
import { importDataset } from '../import-dataset.ts';
import { parseColumns } from '../import/mos-table.ts';
import { openSource, type LayoutChoice } from '../import/open-source.ts';
import { invite } from '../invite.ts';
import type { Lab } from '../lab.ts';
import { planStudy, type PlanStudyOptions } from '../plan-study.ts';
import { plotStudy } from '../plot-study.ts';
import { continueRun } from '../run/continue-run.ts';
import { enqueueRun } from '../run/control-run.ts';
import { describeRun, type RunDocument } from '../run/describe-run.ts';
import { sleep } from '../run/sleep.ts';
import { startRun, type RunOptions } from '../run/start-run.ts';
import { splitStudy } from '../split-study.ts';
import { machineCommands, type MachineCommands } from './machine-commands.ts';
import { metricCommands, type MetricCommands } from './metric-commands.ts';
import { modelCommands, type ModelCommands } from './model-commands.ts';
import { peopleCommands, type PeopleCommands } from './people-commands.ts';
import { registrationCommands, type RegistrationCommands } from './registration-commands.ts';
import { tokenCommands, type TokenCommands } from './token-commands.ts';
import { voteCommands, type VoteCommands } from './vote-commands.ts';
import { writeWhole } from './write-whole.ts';

/** How often a command that waits for a run looks whether it ended, and every which time it counts what is done. */
const LOOK_MS = 200;
const LOOKS_A_COUNT = 10;

/**
 * The shell's commands as services with plain JSON in and out: they run in the command's own process, or in the server
 * that holds the data directory, and give the same document either way.
 */
export interface ShellCommands
  extends
    MetricCommands,
    MachineCommands,
    ModelCommands,
    PeopleCommands,
    RegistrationCommands,
    TokenCommands,
    VoteCommands {
  import: (lab: Lab, params: ImportParams, progress: Progress) => Promise<unknown>;
  subset: (lab: Lab, params: SubsetOptions & { ifMissing: boolean }) => Promise<unknown>;
  'study-create': (lab: Lab, params: PlanStudyOptions & { ifMissing: boolean }) => Promise<unknown>;
  invite: (
    lab: Lab,
    params: { study: string; count: number; open: boolean; simulated?: boolean }
  ) => Promise<string[]>;
  run: (lab: Lab, params: RunParams, progress: Progress) => Promise<RunDocument>;
  results: (
    lab: Lab,
    params: { study: string; split?: Dimension | null; everybody?: boolean }
  ) => Promise<unknown>;
  /** `out` absolute; its ending says the format. */
  plot: (
    lab: Lab,
    params: { study: string; name: string; observer: string | null; out: string }
  ) => Promise<{ file: string }>;
  export: (lab: Lab, params: ExportParams) => Promise<{ files: string[] }>;
  bundle: (lab: Lab, params: { study: string; out: string; pictures: boolean }) => Promise<{ file: string }>;
  reproduce: (lab: Lab, params: { file: string; label: string }) => Promise<BundleReport>;
  /** What the demonstration has made so far: kept where its pages find it. */
  'keep-demonstration': (lab: Lab, params: Demonstration) => Promise<Demonstration>;
  demonstration: (lab: Lab, params: Record<string, never>) => Promise<Demonstration | null>;
}

/** What a long command says while it works. */
export type Progress = (event: { done: number; total: number; note: string }) => void;

export interface ImportParams {
  /** Absolute. */
  directory: string;
  /** As the person gave them, for messages. */
  directoryLabel: string;
  mosFile: string | null;
  mosLabel: string | null;
  columns: string | null;
  mosRange: { low: number; high: number } | null;
  name: string;
  scenario: Scenario;
  /** null: recognised from the files. */
  layout: LayoutChoice | null;
  /** From which Aug-KADID's transformations are drawn. */
  seed: number;
  /** The human values are a simulation's. */
  simulated?: boolean;
  /** Store pictures without metadata that could tell where they come from. */
  cleanMetadata?: boolean;
  ifMissing: boolean;
}

export interface RunParams extends RunOptions {
  /** The key itself, for this process's life: where the server works for a shell whose environment has it. */
  apiKey: string | null;
  /** Whether this process works on the run itself instead of leaving it to the queue. */
  here: boolean;
}

export interface ExportParams {
  study: string;
  /** A layout of the whole study says for itself what it holds. */
  what: TableName | 'all';
  format: TableFormat | Layout;
  /** Absolute. */
  out: string;
}

export const shellCommands: ShellCommands = {
  ...metricCommands,
  ...modelCommands,
  ...machineCommands,
  ...peopleCommands,
  ...registrationCommands,
  ...tokenCommands,
  ...voteCommands,

  async import(lab, params, progress) {
    const folder = await folderSource(params.directory, params.directoryLabel);
    const opened = await openSource(folder, {
      scenario: params.scenario,
      layout: params.layout,
      list:
        params.mosFile === null ? null : await namedFile(params.mosFile, params.mosLabel ?? params.mosFile),
      columns: params.columns === null ? null : parseColumns(params.columns),
      seed: params.seed
    });
    const report = await importDataset(
      lab,
      opened.source,
      {
        ...opened.options,
        name: params.name,
        scenario: params.scenario,
        mosRange: params.mosRange ?? opened.options.mosRange,
        simulated: params.simulated ?? false,
        cleanMetadata: params.cleanMetadata ?? false,
        ifMissing: params.ifMissing
      },
      (state) =>
        progress({
          done: state.done,
          total: state.total,
          note: `${state.imported} imported, ${state.refused} refused`
        })
    );
    await folder.close();
    return { ...report, layout: opened.layout, warnings: [...opened.warnings, ...report.warnings] };
  },

  async subset(lab, { ifMissing, ...options }) {
    const dataset = await datasetNamed(lab.db, options.dataset);
    const existing = ifMissing ? await datasets.subsetByName(lab.db, dataset.id, options.name) : null;
    if (existing) {
      const size = (await datasets.stimuliOfSubset(lab.db, existing.id)).length;
      return { subset: existing.name, dataset: dataset.name, method: existing.method, size };
    }
    return createSubset(lab, options);
  },

  async 'study-create'(lab, { ifMissing, ...options }) {
    const existing = ifMissing ? await studies.byName(lab.db, options.name) : null;
    const study = existing ?? (await planStudy(lab, options));
    const trials = await studies.trialsOf(lab.db, study.id);
    return {
      study: study.name,
      version: study.version,
      protocol: study.protocol,
      scenario: study.scenario === 'full-reference' ? 'fr' : 'nr',
      designHash: study.designHash,
      trials: trials.filter((trial) => trial.role === 'test').length,
      trainingTrials: trials.filter((trial) => trial.role === 'training').length,
      plan: study.planReport
    };
  },

  invite: (lab, { study, count, open, simulated }) =>
    invite(lab, { study, count, kind: open ? 'open' : 'personal', simulated: simulated ?? false }),

  async run(lab, params, progress) {
    if (params.apiKey !== null && params.apiKeyEnv !== null)
      lab.transientKeys.set(params.apiKeyEnv, params.apiKey);
    const started = await startRun(lab, params);
    const tell = async () => {
      const summary = await runSummaries.summary(lab.db, started.sessionId);
      if (summary)
        progress({ done: summary.done, total: summary.total, note: `${summary.outcomes['ok'] ?? 0} ok` });
      return summary;
    };
    if (!started.complete) {
      if (params.here) {
        const timer = setInterval(() => void tell().catch(() => {}), 1000);
        try {
          // Another process may hold the run for the moment; then its end is waited for.
          while ((await continueRun(lab, started.sessionId)) === null) {
            const run = await runs.byId(lab.db, started.sessionId);
            if (run && !['queued', 'running'].includes(run.state)) break;
            await sleep(500, lab.stopping);
          }
        } finally {
          clearInterval(timer);
        }
      } else {
        await enqueueRun(lab, started.sessionId);
        // Counting a run's rows costs more than asking its state.
        for (let look = 1; ; look++) {
          const run = await runs.byId(lab.db, started.sessionId);
          if (!run || !['queued', 'running'].includes(run.state)) break;
          if (look % LOOKS_A_COUNT === 0) await tell();
          await sleep(LOOK_MS, lab.stopping);
        }
      }
    }
    await tell();
    return { ...(await describeRun(lab, started.sessionId)), study: params.study };
  },

  'keep-demonstration': (lab, params) => keepDemonstration(lab, params),
  demonstration: (lab) => readDemonstration(lab),

  async results(lab, { study: name, split = null, everybody = false }) {
    const study = await studyNamed(lab.db, name);
    if (split !== null) return splitStudy(lab, study, split);
    const results = await analyseStudy(lab, study, { everybody });
    const { observers, stimuli, ...rest } = results;
    return {
      ...rest,
      noiseFloor: chanceFloor(results),
      observers: observers.map(({ mapping: _, ...observer }) => observer),
      stimuli: stimuli.map(({ id: _, ...stimulus }) => stimulus)
    };
  },

  async plot(lab, { study: address, name, observer, out }) {
    const study = await studyNamed(lab.db, address);
    const format = path.extname(out).slice(1).toLowerCase();
    const { bytes } = await plotStudy(lab, study, { name, format, observer, compute: true });
    await writeWhole(out, Readable.toWeb(Readable.from([bytes])) as ReadableStream<Uint8Array>);
    return { file: out };
  },

  async bundle(lab, { study: name, out, pictures }) {
    await writeWhole(out, await exportBundle(lab, await studyNamed(lab.db, name), { pictures }));
    return { file: out };
  },

  async reproduce(lab, { file, label }) {
    await namedFile(file, label);
    return importBundle(lab, file, label);
  },

  async export(lab, { study: name, what, format, out }) {
    const study = await studyNamed(lab.db, name);
    if (Object.hasOwn(LAYOUTS, format)) {
      await writeWhole(out, (await exportLayout(lab, study, format as Layout)).stream);
      return { files: [out] };
    }
    const table = (one: TableName): Promise<ExportedFile> =>
      exportTable(lab, study, one, format as TableFormat);
    if (what !== 'all') {
      await writeWhole(out, (await table(what)).stream);
      return { files: [out] };
    }
    await mkdir(out, { recursive: true });
    const files: string[] = [];
    for (const one of TABLES) {
      const target = path.join(out, `${one}.${format}`);
      await writeWhole(target, (await table(one)).stream);
      files.push(target);
    }
    return { files };
  }
};

/** A file of this machine as an import's source has them. */
async function namedFile(file: string, label: string): Promise<SourceFile> {
  let info;
  try {
    info = await stat(file);
  } catch {
    throw new BadInput('there is no such file', { file: label });
  }
  if (!info.isFile()) throw new BadInput('is not a file', { file: label });
  return { path: label, byteLength: info.size, read: () => readFile(file) };
}

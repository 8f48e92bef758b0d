import * as runs from '#lib/server/db/runs.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { askProbe } from '../probe/ask-probe.ts';
import { findProbe, showProbe, type ShownProbe } from '../probe/show-probe.ts';
import { createProbe, noteQuestions, type AskOptions, type ProbeOptions } from '../probe/start-probe.ts';
import { findRun } from '../run/find-run.ts';
import { reparseRun, type ReparseReport } from '../run/reparse-run.ts';

export interface ProbeParams {
  name: string;
  /** null: one that exists. */
  create: Omit<ProbeOptions, 'name'> | null;
  ask: AskOptions;
  /** The key itself, for this process's life. */
  apiKey: string | null;
}

/** The shell's commands around what models said. */
export interface MachineCommands {
  /** All runs of a study, oldest first. */
  reparse: (lab: Lab, params: { study: string; apply: boolean }) => Promise<ReparseReport[]>;
  probe: (lab: Lab, params: ProbeParams) => Promise<ShownProbe>;
}

export const machineCommands: MachineCommands = {
  async reparse(lab, { study: name, apply }) {
    const study = await studyNamed(lab.db, name);
    const reports: ReparseReport[] = [];
    for (const { sessionId } of await runs.ofStudy(lab.db, study.id)) {
      reports.push(await reparseRun(lab, await findRun(lab, String(sessionId)), { apply }));
    }
    return reports;
  },

  async probe(lab, { name, create, ask, apiKey }) {
    for (const { apiKeyEnv } of ask.models) {
      if (apiKey !== null && apiKeyEnv !== null) lab.transientKeys.set(apiKeyEnv, apiKey);
    }
    const probe = create === null ? await findProbe(lab, name) : await createProbe(lab, { ...create, name });
    if (ask.models.length > 0) {
      await noteQuestions(lab, probe, ask);
      await askProbe(lab, probe.id);
    }
    return showProbe(lab, probe);
  }
};

import * as runs from '#lib/server/db/runs.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { findRun } from '../run/find-run.ts';
import { reparseRun, type ReparseReport } from '../run/reparse-run.ts';

/** The shell's commands around what models said. */
export interface MachineCommands {
  /** All runs of a study, oldest first. */
  reparse: (lab: Lab, params: { study: string; apply: boolean }) => Promise<ReparseReport[]>;
}

export const machineCommands: MachineCommands = {
  async reparse(lab, { study: name, apply }) {
    const study = await studyNamed(lab.db, name);
    const reports: ReparseReport[] = [];
    for (const { sessionId } of await runs.ofStudy(lab.db, study.id)) {
      reports.push(await reparseRun(lab, await findRun(lab, String(sessionId)), { apply }));
    }
    return reports;
  }
};

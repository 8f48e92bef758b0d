import { PARSER_VERSION } from '#lib/domain/judgments/parse.ts';
import { otherChoices } from '#lib/domain/registration/registration.ts';
import type { ReportedRun, ReportSection } from '#lib/domain/report/report.ts';
import { studyReport } from '#lib/domain/report/study-report.ts';
import type { StudyResults } from '#lib/domain/results/study-results.ts';
import * as reports from '#lib/server/db/reports.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as standing from '#lib/server/db/run-summaries.ts';
import * as studies from '#lib/server/db/studies.ts';
import { agreementState } from './analyse-agreement.ts';
import type { Lab } from './lab.ts';
import { judgedSittings } from './people/judge-sittings.ts';
import { registrationState } from './preregister.ts';
import { projectVersion } from './project-file.ts';

/** A study's report from results that are there; intervals where the analysis of its present answers is done. */
export async function reportStudy(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  results: StudyResults
): Promise<{ sections: ReportSection[]; intervals: boolean }> {
  const { db } = lab;
  const [dataset, trials, stimuli, sittings, recruited, imported, prompts, models, state, agreed] =
    await Promise.all([
      studies.datasetOf(db, study),
      reports.trialsByRole(db, study.id),
      reports.stimulusCount(db, study.id),
      judgedSittings(lab, study),
      reports.recruitment(db, study.id),
      reports.importedCount(db, study.id),
      reports.promptsOf(db, study.id),
      runs.ofStudy(db, study.id),
      registrationState(lab, study),
      agreementState(lab, study)
    ]);
  const agreement = agreed.state === 'done' ? agreed.result : null;
  const ofModel = await Promise.all(
    models.map(async (run): Promise<ReportedRun> => {
      const summary = await standing.summary(db, run.sessionId);
      const { decoding, readout, repeats, bothOrders } = run;
      return {
        observer: run.observer,
        simulated: run.kind === 'synthetic',
        control: run.control ?? null,
        model: run.model,
        strategy: run.strategy,
        parameters: Object.entries({ ...decoding, readout, repeats, bothOrders })
          .filter(([, value]) => value !== null && value !== undefined)
          .map(([name, value]) => `${name} ${String(value)}`)
          .join(', '),
        prompts: prompts.get(run.sessionId) ?? [],
        outcomes: summary?.outcomes ?? {},
        presentations: summary?.total ?? 0,
        tokensIn: summary?.tokensIn ?? 0,
        tokensOut: summary?.tokensOut ?? 0,
        cost: summary?.cost ?? null
      };
    })
  );
  const registration = state.registration && {
    ...state.registration,
    later: [
      ...state.registration.later,
      ...(agreement === null ? [] : otherChoices(state.registration.choices, agreement)).map((what) => ({
        at: null,
        what,
        departs: true
      }))
    ]
  };
  const sections = studyReport({
    address: studies.addressOf(study),
    dataset: { name: dataset.name, stimuli, simulated: dataset.simulated, licence: dataset.licence },
    design: study.design,
    designHash: study.designHash,
    trials,
    sittings: sittings.map((one) => ({
      observer: one.observer,
      simulated: one.kind === 'synthetic',
      state: one.state,
      usable: one.usable.is,
      reasons: one.usable.reasons,
      device: one.device,
      said: one.said,
      minutes:
        one.completedAt === null
          ? null
          : (new Date(one.completedAt).getTime() - new Date(one.startedAt).getTime()) / 60_000
    })),
    recruitment: recruited,
    imported,
    runs: ofModel,
    results,
    agreement,
    registration,
    unblindedAt: state.unblinded?.at ?? null,
    versions: { limen: projectVersion(), node: process.versions.node, parser: PARSER_VERSION }
  });
  return { sections, intervals: agreement !== null };
}

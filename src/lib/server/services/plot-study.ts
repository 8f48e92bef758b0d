import { firstObserver, type PlotInput } from '#lib/domain/plots/plot-input.ts';
import {
  STUDY_PLOT_NAMES,
  STUDY_PLOTS,
  studyPlot,
  type StudyPlotName
} from '#lib/domain/plots/study-plots.ts';
import * as studies from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { agreementNow, analyseAgreement } from './analyse-agreement.ts';
import { cachedResults } from './cached-results.ts';
import { cachedCounts } from './count-answers.ts';
import type { Lab } from './lab.ts';
import { plotFile, type PlotFile } from './plot-file.ts';

export interface PlotOptions {
  /** null: the first run, or the people where no model has sat the study. */
  observer: string | null;
  /** Whether the slow figures are computed for it where they are not there. */
  compute?: boolean;
}

/**
 * What a study's plots are drawn from: the results that its pages show, its answers counted, and the agreement of the answers
 * as they are now, where it was asked for.
 *
 * @throws BadInput for an observer that this study does not have.
 */
export async function plotInput(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  { observer, compute = false }: PlotOptions
): Promise<PlotInput> {
  const [results, counts, dataset] = await Promise.all([
    cachedResults(lab, study),
    cachedCounts(lab, study),
    studies.datasetOf(lab.db, study)
  ]);
  if (observer !== null && !results.observers.some((one) => one.observer === observer)) {
    const names = results.observers.map((one) => one.observer);
    throw new BadInput(
      `study ${studies.addressOf(study)} has no observer ${JSON.stringify(observer)}; it has ${names.slice(0, 12).join(', ') || 'none'}${names.length > 12 ? ' …' : ''}`
    );
  }
  const agreement = compute ? await analyseAgreement(lab, study) : await agreementNow(lab, study);
  return {
    results,
    direction: dataset.mosDirection === -1 ? -1 : 1,
    simulatedDataset: dataset.simulated,
    counts,
    agreement,
    observer: observer ?? firstObserver(results) ?? ''
  };
}

/** Plots that need the slow figures. */
const SLOW: readonly StudyPlotName[] = ['psychometric', 'ceiling', 'equivalents', 'calibration'];

/**
 * One plot of a study as a file.
 *
 * @param name `mos`, `wins` … as `STUDY_PLOTS` has them.
 * @throws BadInput for a plot, a format or an observer that there is not, and for one that cannot be drawn, with the reason.
 */
export async function plotStudy(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  { name, format, observer, compute = false }: PlotOptions & { name: string; format: string }
): Promise<PlotFile> {
  const known = STUDY_PLOT_NAMES.find((one) => one === name);
  if (!known)
    throw new BadInput(`there is no plot ${JSON.stringify(name)}; there are ${STUDY_PLOT_NAMES.join(', ')}`);
  const input = await plotInput(lab, study, { observer, compute: compute && SLOW.includes(known) });
  const { plot, why } = studyPlot(known, input);
  if (plot === null)
    throw new BadInput(`study ${studies.addressOf(study)} has no plot ${JSON.stringify(name)}: ${why}`);
  const of = STUDY_PLOTS[known].ofObserver ? ` ${input.observer}` : '';
  return plotFile(plot, format, `${studies.addressOf(study)} ${name}${of}`);
}

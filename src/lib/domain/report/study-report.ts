import { deviations, figures, models, provenance } from './figure-sections.ts';
import { method, observers, screening, viewing } from './people-sections.ts';
import type { ReportInput, ReportSection } from './report.ts';

/**
 * A study as ITU-T P.910 (clause on the report of results) wants it told: who judged, on what and how they saw it, by
 * which method, who was left out by which rule, the figures, and what a model was asked. What was not recorded says so.
 */
export function studyReport(input: ReportInput): ReportSection[] {
  return [observers(input), viewing(input), method(input), screening(input)].concat(
    [figures(input), models(input), provenance(input), deviations(input)].flat()
  );
}

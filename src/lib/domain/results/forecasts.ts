import { calibration, type Calibration, type Forecast } from '../agreement/calibration.ts';
import { missing, orMissing, type Finding } from './finding.ts';
import { votesIn, type Sitting } from './sittings.ts';
import type { StudyRecord } from './study-results.ts';
import type { ValueSpace } from './weighted-values.ts';

const PAIRS_ALONE = 'probabilities are read of pairs alone';

/** The probability of `first` (half that of `same` added) against how people chose on the same trial. */
export function calibrationOf(
  { byTrial }: Sitting,
  people: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace
): Finding<Calibration> {
  if (record.study.design.protocol !== 'double-stimulus') return missing(PAIRS_ALONE);
  const forecasts: Forecast[] = [];
  for (const [trialId, answers] of byTrial) {
    const first = answers.find(({ probabilities }) => probabilities != null);
    if (!first?.probabilities) continue;
    const { first: p, same } = first.probabilities;
    const shown = p + same / 2;
    const chosen = people.flatMap((person) => chosenFirst(person, trialId, record, space));
    if (chosen.length === 0) continue;
    forecasts.push({
      probability: first.order[0] === 0 ? shown : 1 - shown,
      happened: sumOf(chosen),
      of: chosen.length
    });
  }
  return orMissing(calibration(forecasts), 'no pair has both a stated probability and people’s choices');
}

/**
 * What a model's probabilities are to be held against: how well the share of the other people who chose `first`
 * forecasts each person's choice. People state no probabilities themselves.
 */
export function forecastOfOthers(
  people: readonly Sitting[],
  record: StudyRecord,
  space: ValueSpace
): Finding<Calibration> {
  if (record.study.design.protocol !== 'double-stimulus') return missing(PAIRS_ALONE);
  const forecasts: Forecast[] = [];
  for (const trialId of space.trials.keys()) {
    const each = people.map((person) => chosenFirst(person, trialId, record, space)[0]);
    const given = each.filter((share) => share !== undefined);
    if (given.length < 2) continue;
    const total = sumOf(given);
    for (const own of given) {
      const others = (total - own) / (given.length - 1);
      forecasts.push({ probability: Math.min(1, Math.max(0, others)), happened: own, of: 1 });
    }
  }
  return orMissing(calibration(forecasts), 'no pair was answered by two people');
}

/** Per answer to the trial, 1 for the trial's first stimulus, ½ for neither, 0 for its second. */
function chosenFirst(
  { byTrial }: Sitting,
  trialId: number,
  record: StudyRecord,
  space: ValueSpace
): number[] {
  const stimuli = space.trials.get(trialId)?.stimuli;
  if (!stimuli) return [];
  return (byTrial.get(trialId) ?? []).flatMap((answer) => {
    const choice = votesIn(answer, record, stimuli)[0]?.choice;
    return choice === undefined ? [] : [choice === 'first' ? 1 : choice === 'same' ? 0.5 : 0];
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

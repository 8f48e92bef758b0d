import { gradesOf } from '#lib/domain/scales.ts';
import * as exported from '#lib/server/db/exports.ts';
import { datasetOf, type Study } from '#lib/server/db/studies.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { csvText } from '#lib/server/tables/write-table.ts';
import type { Lab } from '../lab.ts';
import { unusableSittings } from '../people/judge-sittings.ts';
import { namedTrials, type NamedStimulus } from './study-names.ts';

const TRIALS_A_SLICE = 50;

interface RatedStimulus {
  stimulus: NamedStimulus;
  /** By session, on the study's own scale (grades 1 to 5, or 0 to 100). */
  ratings: Map<number, number>;
}

/**
 * Ratings as a matrix, stimuli down and observers across: the layout of sureal's and ITU-T P.910's example files
 * (`stimulus,r01,r02,…`). People only; a missing rating is an empty cell.
 */
export async function* surealCsv(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<string> {
  const people = await peopleOf(lab, study);
  yield csvText([['stimulus', ...people.map(({ observer }) => observer)]]);
  for await (const { stimulus, ratings } of ratedStimuli(lab, study)) {
    yield csvText([[stimulus.name, ...people.map(({ session }) => ratings.get(session) ?? null)]]);
  }
}

/**
 * The same as a dataset module that `sureal --dataset FILE.py` reads: one entry of `dis_videos` a stimulus, opinion
 * scores by observer. Contents are the references, in no-reference studies each stimulus its own.
 */
export async function* surealPython(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<string> {
  const people = await peopleOf(lab, study);
  const dataset = await datasetOf(lab.db, study);
  const contents = new Map<string, number>();
  const contentOf = (stimulus: NamedStimulus): number => {
    const key = stimulus.reference?.name ?? stimulus.content ?? stimulus.name;
    const known = contents.get(key) ?? contents.size;
    contents.set(key, known);
    return known;
  };
  yield `# ${oneLine(study.name)}: ratings of ${oneLine(dataset.name)}, design hash ${study.designHash}\n`;
  yield `dataset_name = ${JSON.stringify(study.name)}\n`;
  yield `ref_score = ${(gradesOf(study.design.scale) ?? 100).toFixed(1)}\n\ndis_videos = [\n`;
  let asset = 0;
  for await (const { stimulus, ratings } of ratedStimuli(lab, study)) {
    const scores = people.flatMap(({ session, observer }) => {
      const rating = ratings.get(session);
      return rating === undefined ? [] : [`${JSON.stringify(observer)}: ${rating}`];
    });
    yield `    {'content_id': ${contentOf(stimulus)}, 'asset_id': ${asset++}, 'path': ${JSON.stringify(stimulus.name)}, 'os': {${scores.join(', ')}}},\n`;
  }
  yield ']\n\nref_videos = [\n';
  for (const [name, id] of contents)
    yield `    {'content_id': ${id}, 'content_name': ${JSON.stringify(name)}, 'path': ${JSON.stringify(name)}},\n`;
  yield ']\n';
}

/** @throws BadInput where no person has rated, or the protocol has no ratings. */
async function peopleOf(lab: Pick<Lab, 'db'>, study: Study) {
  if (study.protocol !== 'single-stimulus') {
    throw new BadInput(
      `sureal reads ratings, and ${JSON.stringify(study.name)} is a ${study.protocol} study; pwcmp's layout holds its votes`
    );
  }
  const without = await unusableSittings(lab, study);
  const people = (await exported.answeringSessions(lab.db, study.id)).filter(
    ({ door, session }) => door !== 'model' && !without.has(session)
  );
  if (people.length === 0)
    throw new BadInput(
      `no one has rated in ${JSON.stringify(study.name)} yet, and sureal's files hold people`
    );
  return people;
}

async function* ratedStimuli(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<RatedStimulus> {
  const trials = [...(await namedTrials(lab, study)).values()].filter(({ role }) => role === 'test');
  for (let from = 0; from < trials.length; from += TRIALS_A_SLICE) {
    const slice = trials.slice(from, from + TRIALS_A_SLICE);
    const ratings = new Map<number, Map<number, number>>(slice.map(({ id }) => [id, new Map()]));
    for (const row of await exported.scoresOfTrials(
      lab.db,
      slice.map(({ id }) => id)
    ))
      ratings.get(row.trialId)?.set(row.session, row.raw ?? row.score);
    for (const { id, stimuli } of slice) {
      const [stimulus] = stimuli;
      if (stimulus) yield { stimulus, ratings: ratings.get(id) ?? new Map<number, number>() };
    }
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

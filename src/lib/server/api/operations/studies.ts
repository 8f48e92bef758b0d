import * as v from 'valibot';
import { designShapeProblems } from '#lib/domain/read-design.ts';
import { PLATFORMS } from '#lib/domain/recruitment.ts';
import { PROTOCOLS, type Protocol } from '#lib/domain/study.ts';
import * as studies from '#lib/server/db/studies.ts';
import { invite } from '../../services/invite.ts';
import type { DesignChoices } from '../../services/plan-study.ts';
import { shellCommands } from '../../services/shell/shell-commands.ts';
import { BadInput } from '../../tables/bad-input.ts';
import { studyOf } from '../found.ts';
import { operation } from '../operation.ts';
import { pageById, pageOf, PAGING } from '../paging.ts';
import { instant, iso, isoOrNull, listOf, oneOf, open, orNull, text, truth, whole } from '../schemas.ts';

const study = { study: 'Its name: the newest version; `name@2` is the second' };
const protocol = oneOf(PROTOCOLS as readonly [Protocol], 'How stimuli are put before an observer');

const Study = {
  study: text('How it is addressed: `name`, or `name@2` for a later version'),
  name: text('Shared by all its versions'),
  version: whole('From 1', 1),
  dataset: text('The dataset’s name'),
  protocol,
  scenario: oneOf(['full-reference', 'no-reference'], 'The dataset’s'),
  state: oneOf(['open', 'closed'], 'Whether it takes observers'),
  seed: v.pipe(v.number(), v.integer(), v.description('From which its trials follow')),
  designHash: text('SHA-256 of design, stimuli and trials'),
  trials: whole('Trials of every role'),
  raters: whole('Sittings of people and of simulations'),
  runs: whole('Runs of models'),
  responses: whole('Responses of all'),
  lockedAt: orNull(instant('When its first observer started; from then on it cannot change')),
  createdAt: instant('When it was planned')
};

function show(one: studies.StudySummary) {
  return {
    study: studies.addressOf(one),
    name: one.name,
    version: one.version,
    dataset: one.dataset,
    protocol: one.protocol,
    scenario: one.scenario,
    state: one.state,
    seed: one.seed,
    designHash: one.designHash,
    trials: one.trials,
    raters: one.raters,
    runs: one.runs,
    responses: one.responses,
    lockedAt: isoOrNull(one.lockedAt),
    createdAt: iso(one.createdAt)
  };
}

const NewStudy = v.strictObject({
  name: text('Unique; no `@` and number at its end'),
  dataset: text('The dataset’s name'),
  subset: v.optional(orNull(text('A subset’s name; null for all')), null),
  protocol,
  seed: v.optional(whole('From which its trials follow'), 1),
  exemplars: v.optional(listOf(v.string(), 'Names of stimuli shown as demonstration'), []),
  design: v.optional(
    open('Fields of a design that differ from the defaults: `pairsPerImage`, `scale`, `gold` …'),
    {}
  ),
  differenceAsQuality: v.optional(truth('On difference scores: read a difference as quality'), false),
  ifMissing: v.optional(truth('Give the one that has this name already, instead of refusing'), false)
});

const NewInvites = v.strictObject({
  count: v.optional(v.pipe(whole('How many links', 1), v.maxValue(10_000)), 1),
  open: v.optional(truth('Links that anybody with them may use, instead of one person’s each'), false),
  simulated: v.optional(truth('Whoever comes by them is a simulation'), false),
  quota: v.optional(orNull(whole('How many may sit by an open link', 1)), null),
  recruitment: v.optional(
    orNull(
      v.strictObject({
        platform: oneOf(PLATFORMS, 'Where people come from'),
        codes: v.optional(v.record(v.string(), v.string()), {}),
        returnTo: v.optional(orNull(text('Where SONA grants the credit')), null)
      })
    ),
    null
  )
});

export const studyOperations = [
  operation({
    id: 'listStudies',
    method: 'GET',
    path: '/studies',
    tag: 'Studies',
    summary: 'Every study in all its versions, in the order that they were planned',
    scope: 'read',
    query: v.strictObject(PAGING),
    answer: pageOf(v.strictObject(Study)),
    run: async ({ lab, query }) => pageById(await studies.list(lab.db), query, show)
  }),
  operation({
    id: 'createStudy',
    method: 'POST',
    path: '/studies',
    tag: 'Studies',
    summary: 'Plan a study and its trials',
    says: 'The same answer as `limen study create --json`. Of a design that cannot exist nothing is stored.',
    scope: 'write',
    body: NewStudy,
    answer: v.strictObject({
      study: text('Its name'),
      version: Study.version,
      protocol,
      scenario: oneOf(['fr', 'nr'], 'Full- or no-reference'),
      designHash: Study.designHash,
      trials: whole('Trials that are judged'),
      trainingTrials: whole('Trials to practise on'),
      plan: open('The plan’s own report')
    }),
    status: 201,
    problems: ['conflict'],
    async run({ lab, body }) {
      const problems = designShapeProblems(body.design);
      if (problems.length > 0) throw new BadInput(problems.join('; '));
      return shellCommands['study-create'](lab, { ...body, design: body.design as DesignChoices });
    }
  }),
  operation({
    id: 'getStudy',
    method: 'GET',
    path: '/studies/{study}',
    tag: 'Studies',
    summary: 'One study with its whole design',
    scope: 'read',
    params: study,
    answer: v.strictObject({ ...Study, design: open('Everything about it that is frozen at its lock') }),
    problems: ['unknown'],
    async run(call) {
      const { id } = await studyOf(call);
      const one = (await studies.list(call.lab.db)).find((row) => row.id === id) as studies.StudySummary;
      return { ...show(one), design: one.design };
    }
  }),
  operation({
    id: 'getPlan',
    method: 'GET',
    path: '/studies/{study}/plan',
    tag: 'Studies',
    summary: 'What its plan is like: degree, components, position balance, repeats',
    scope: 'read',
    params: study,
    answer: v.looseObject({
      protocol,
      scenario: Study.scenario,
      stimuli: whole('Stimuli that are judged'),
      trials: whole('Trials that are judged'),
      byReference: listOf(v.looseObject({}), 'The same for each reference')
    }),
    problems: ['unknown'],
    run: async (call) => (await studyOf(call)).planReport
  }),
  operation({
    id: 'createInvites',
    method: 'POST',
    path: '/studies/{study}/invites',
    tag: 'Studies',
    summary: 'Make rater links',
    scope: 'write',
    params: study,
    body: NewInvites,
    answer: v.strictObject({ links: listOf(v.string(), 'One a person, or open to all who have it') }),
    status: 201,
    problems: ['unknown', 'conflict'],
    async run(call) {
      const { open: anybody, ...rest } = call.body;
      await studyOf(call);
      const kind = anybody ? 'open' : 'personal';
      const tokens = await invite(call.lab, { ...rest, study: call.param('study'), kind });
      return { links: tokens.map((token) => `${call.lab.config.origin ?? call.origin}/r/${token}`) };
    }
  })
];

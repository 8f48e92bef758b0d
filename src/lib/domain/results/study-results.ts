import type { LogisticMapping } from '#lib/stats/logistic-fit.ts';
import { figuresOf, meanOverPools, type Figures, type Point } from './agreement-figures.ts';
import { collectValues, type ObserverValue, type ValueCollector } from './observer-values.ts';
import { eachOf, type Answers } from './packed-answers.ts';
import type { Control } from '../controls/control.ts';
import type { StudyDesign } from '../study.ts';

export interface ObserverResult extends Figures {
  observer: string;
  /** `people` and `simulated people` are everybody who came through a page, pooled. */
  kind: 'people' | 'rater' | 'model' | 'synthetic';
  simulated: boolean;
  strategy: string | null;
  /** The session behind it; null for a pooled entry. */
  sessionId: number | null;
  /** Sittings pooled, for a pooled entry. */
  raters: number | null;
  /** How many of them (1 for a single observer) judged elsewhere, their votes imported; absent for none. */
  imported?: number;
  state: string | null;
  /** What a run is a control for, where it is one: its figures are the noise floor's, and no model's. */
  control: Control | null;
  presentations: number;
  outcomes: Record<string, number>;
  /** Stimuli with a value and a MOS. */
  stimuli: number;
  /** In full-reference studies: the same figures over all stimuli at once. */
  pooled: Figures | null;
  references: number | null;
  /** Against this study's own people, pooled (for a rater: the others). */
  againstRaters: Figures | null;
  mapping: LogisticMapping | null;
}

export interface StimulusResult {
  stimulus: string;
  reference: string | null;
  id: number;
  sha256: string;
  distortion: string | null;
  level: number | null;
  mos: number | null;
  sigma: number | null;
  values: Record<string, ObserverValue>;
}

export interface StudyResults {
  study: string;
  version: number;
  designHash: string;
  protocol: string;
  scenario: 'nr' | 'fr';
  truth: 'mos';
  mosRange: { low: number; high: number } | null;
  observers: ObserverResult[];
  stimuli: StimulusResult[];
  /** Whose sittings are in this; absent where the study states no rule. */
  people?: UsablePeople;
}

export const PEOPLE = 'people';
export const SIMULATED_PEOPLE = 'simulated people';

/** Everything about a study that its results come from: plain data, so that it can go to a worker thread. */
export interface StudyRecord {
  study: { name: string; version: number; designHash: string; design: StudyDesign };
  mosRange: { low: number; high: number } | null;
  mosDirection: 1 | -1;
  trials: { id: number; role: string; stimuli: number[]; referenceId: number | null }[];
  stimuli: {
    id: number;
    name: string;
    referenceId: number | null;
    sha256: string;
    distortion: string | null;
    level: number | null;
    mos: number | null;
    sigma: number | null;
  }[];
  sessions: SessionRecord[];
  answers: Answers;
  /** The rule by which sittings were left out of this, and how many; absent where the study states none. */
  people?: UsablePeople;
  /** Where everybody is in it: the sittings that the study's rule would leave out. */
  unusable?: number[];
}

export interface UsablePeople {
  rule: string;
  leftOut: number;
}

/** What of a run's options its results can be taken apart by. */
export interface RunSettings {
  model: string;
  readout: string;
  temperature: number | null;
  repeats: number;
  bothOrders: boolean;
}

export interface SessionRecord {
  sessionId: number;
  observer: string;
  kind: string;
  door: string;
  strategy: string | null;
  state: string;
  control?: Control | null;
  /** How a model was asked; absent for people. */
  settings?: RunSettings | null;
  /** Present where the votes were collected elsewhere. */
  imported?: true;
  presentations: number;
  outcomes: Record<string, number>;
}

/**
 * What a study says: every observer's values, and how well they agree with the dataset's MOS and with the study's own
 * people. People and models go through the same scaling. Lower-is-better scores (differences) are turned, so that a
 * good observer's correlation is positive everywhere.
 */
export function studyResults(
  record: StudyRecord,
  onProgress: (share: number) => void = () => {}
): StudyResults {
  const { study, sessions, stimuli } = record;
  const trials = new Map(record.trials.map((trial) => [trial.id, trial]));
  const basis = { design: study.design, trials };
  const bySession = new Map(sessions.map((session) => [session.sessionId, session]));
  const collectors = new Map<number, ValueCollector>();
  const groups = new Map<string, ValueCollector>();
  for (const answer of eachOf(record.answers)) {
    const session = bySession.get(answer.sessionId);
    if (!session) continue;
    own(collectors, answer.sessionId, () => collectValues(basis)).add(answer);
    const group = groupOf(session);
    if (group !== null) own(groups, group, () => collectValues(basis)).add(answer);
  }
  const valuesOfSession = new Map([...collectors].map(([id, collector]) => [id, collector.values()]));
  const valuesOfGroup = new Map([...groups].map(([name, collector]) => [name, collector.values()]));

  const byId = new Map(stimuli.map((stimulus) => [stimulus.id, stimulus]));
  const judged = new Set(
    [...trials.values()].filter((trial) => trial.role === 'test').flatMap((trial) => trial.stimuli)
  );
  const fullReference = study.design.scenario === 'full-reference';
  const truthOf = (id: number): { truth: number; sigma: number | null } | null => {
    const stimulus = byId.get(id);
    if (stimulus?.mos == null) return null;
    return { truth: record.mosDirection * stimulus.mos, sigma: stimulus.sigma };
  };
  const points = (
    values: Map<number, ObserverValue>,
    truth: (id: number) => { truth: number; sigma: number | null } | null
  ): Point[] =>
    [...values].flatMap(([id, { value }]) => {
      const known = truth(id);
      return known === null ? [] : [{ value, ...known, pool: byId.get(id)?.referenceId ?? null }];
    });
  const summarise = (set: Point[]) => {
    const all = figuresOf(set);
    const { mapping, ...pooled } = all;
    if (!fullReference) return { figures: pooled, mapping, pooled: null, references: null };
    const { references, ...figures } = meanOverPools(set);
    return { figures, mapping, pooled, references };
  };

  const observers: ObserverResult[] = [];
  const columns: { name: string; values: Map<number, ObserverValue> }[] = [];
  const people = valuesOfGroup.get(PEOPLE) ?? valuesOfGroup.get(SIMULATED_PEOPLE) ?? null;
  const againstPeople = (values: Map<number, ObserverValue>): Figures | null => {
    if (people === null) return null;
    return summarise(
      points(values, (id) => {
        const value = people.get(id);
        return value === undefined ? null : { truth: value.value, sigma: value.sigma };
      })
    ).figures;
  };

  for (const [name, values] of valuesOfGroup) {
    const members = sessions.filter((session) => groupOf(session) === name);
    const { figures, mapping, pooled, references } = summarise(points(values, truthOf));
    observers.push({
      observer: name,
      kind: 'people',
      simulated: name === SIMULATED_PEOPLE,
      strategy: null,
      sessionId: null,
      raters: members.length,
      ...importedAmong(members),
      state: null,
      control: null,
      presentations: members.reduce((sum, session) => sum + session.presentations, 0),
      outcomes: addUp(members.map((session) => session.outcomes)),
      stimuli: figures.n,
      ...figures,
      pooled,
      references,
      againstRaters: null,
      mapping
    });
    columns.push({ name, values });
  }
  for (const [done, session] of sessions.entries()) {
    onProgress(done / sessions.length);
    const values = valuesOfSession.get(session.sessionId) ?? new Map<number, ObserverValue>();
    const { figures, mapping, pooled, references } = summarise(points(values, truthOf));
    observers.push({
      observer: session.observer,
      kind: session.kind as ObserverResult['kind'],
      simulated: session.kind === 'synthetic',
      strategy: session.strategy,
      sessionId: session.sessionId,
      raters: null,
      ...importedAmong([session]),
      state: session.state,
      control: session.control ?? null,
      presentations: session.presentations,
      outcomes: session.outcomes,
      stimuli: figures.n,
      ...figures,
      pooled,
      references,
      againstRaters: session.door === 'model' ? againstPeople(values) : null,
      mapping
    });
    columns.push({ name: session.observer, values });
  }

  return {
    study: study.name,
    version: study.version,
    designHash: study.designHash,
    protocol: study.design.protocol,
    scenario: fullReference ? 'fr' : 'nr',
    truth: 'mos',
    mosRange: record.mosRange,
    observers,
    stimuli: [...judged]
      .map((id) => byId.get(id) as (typeof stimuli)[number])
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
      .map((stimulus) => ({
        stimulus: stimulus.name,
        reference: stimulus.referenceId === null ? null : (byId.get(stimulus.referenceId)?.name ?? null),
        id: stimulus.id,
        sha256: stimulus.sha256,
        distortion: stimulus.distortion,
        level: stimulus.level,
        mos: stimulus.mos,
        sigma: stimulus.sigma,
        values: Object.fromEntries(
          columns.flatMap(({ name, values }) => {
            const value = values.get(stimulus.id);
            return value === undefined ? [] : [[name, value]];
          })
        )
      })),
    ...(record.people === undefined ? {} : { people: record.people })
  };
}

/** Absent where all of them sat here, so that what has no imported votes says what it always said. */
function importedAmong(members: readonly SessionRecord[]): { imported?: number } {
  const imported = members.filter((session) => session.imported === true).length;
  return imported === 0 ? {} : { imported };
}

/** Whose pool a session is in; null for a run. */
export function groupOf(session: SessionRecord): string | null {
  if (session.door !== 'page') return null;
  return session.kind === 'synthetic' ? SIMULATED_PEOPLE : PEOPLE;
}

function own<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function addUp(all: Record<string, number>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const one of all) for (const [key, n] of Object.entries(one)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
}

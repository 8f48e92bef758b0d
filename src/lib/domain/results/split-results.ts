import type { JudgedPresentation } from './observer-values.ts';
import { eachOf } from './packed-answers.ts';
import type { ObserverResult, SessionRecord, StudyRecord, StudyResults } from './study-results.ts';

/** By what runs differ, or what differs within one: the ways in which results can be taken apart. */
export const DIMENSIONS = ['strategy', 'readout', 'temperature', 'repeat', 'order', 'control'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** One row of results taken apart: a run, or a part of one. */
export interface SplitRow extends Pick<
  ObserverResult,
  'n' | 'srcc' | 'krcc' | 'plcc' | 'rmse' | 'simulated' | 'references'
> {
  /** Everything about the run but the dimension: rows of one group differ by nothing else. */
  group: string;
  /** Where on the dimension: "T 0.5", "repeat 2", "swapped" … */
  level: string;
  sessionId: number;
  usable: number;
}

export interface SplitRecord {
  /** The record to analyse: its model sessions are the parts. */
  record: StudyRecord;
  /** What each of its model sessions is. */
  parts: Map<number, { group: string; level: string; sessionId: number; usable: number; sort: number }>;
}

/**
 * A study's record with its runs taken apart. Repeats and orders part a run's answers by their pass (pass = repeat ×
 * orders + swapped), each part scaled by itself; the other dimensions put whole runs beside those that differ from them
 * by nothing else. Runs that have only one level of a dimension within themselves are left out.
 */
export function splitRecord(record: StudyRecord, by: Dimension): SplitRecord {
  const parts: SplitRecord['parts'] = new Map();
  const sessions: SessionRecord[] = [];
  const partOf = new Map<string, number>();
  const within = by === 'repeat' || by === 'order';
  let next = record.sessions.reduce((most, { sessionId }) => Math.max(most, sessionId), 0) + 1;
  for (const session of record.sessions) {
    if (session.door !== 'model' || !session.settings) continue;
    const levels = levelsOf(session, by);
    if (within && levels.length < 2) continue;
    levels.forEach((level, sort) => {
      const sessionId = within ? next++ : session.sessionId;
      const group = groupOf(session, by);
      parts.set(sessionId, { group, level, sessionId: session.sessionId, usable: 0, sort });
      partOf.set(`${session.sessionId}/${sort}`, sessionId);
      sessions.push({ ...session, sessionId, observer: `${group} / ${level} / ${sessionId}` });
    });
  }
  const byId = new Map(record.sessions.map((session) => [session.sessionId, session]));
  const answers: JudgedPresentation[] = [];
  for (const answer of eachOf(record.answers)) {
    const session = byId.get(answer.sessionId);
    if (!session?.settings) continue;
    const orders = session.settings.bothOrders ? 2 : 1;
    const place =
      by === 'repeat' ? Math.floor(answer.pass / orders) : by === 'order' ? answer.pass % orders : 0;
    const sessionId = partOf.get(`${session.sessionId}/${place}`);
    const part = sessionId === undefined ? undefined : parts.get(sessionId);
    if (sessionId === undefined || !part) continue;
    part.usable++;
    answers.push({ ...answer, sessionId });
  }
  return { record: { ...record, sessions, answers }, parts };
}

/** The parts' figures, those of a group together, in the order of their levels. */
export function splitRows({ parts }: Pick<SplitRecord, 'parts'>, results: StudyResults): SplitRow[] {
  const rows = results.observers.flatMap((one) => {
    const part = one.sessionId === null ? undefined : parts.get(one.sessionId);
    if (!part) return [];
    const { n, srcc, krcc, plcc, rmse, simulated, references } = one;
    const { sort, ...rest } = part;
    return [{ row: { ...rest, n, srcc, krcc, plcc, rmse, simulated, references }, sort }];
  });
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return rows
    .sort(
      (a, b) =>
        compare(a.row.group, b.row.group) ||
        a.sort - b.sort ||
        compare(a.row.level, b.row.level) ||
        a.row.sessionId - b.row.sessionId
    )
    .map(({ row }) => row);
}

function levelsOf({ settings, strategy, control }: SessionRecord, by: Dimension): string[] {
  if (!settings) return [];
  switch (by) {
    case 'repeat':
      return Array.from({ length: settings.repeats }, (_, repeat) => `repeat ${repeat + 1}`);
    case 'order':
      return settings.bothOrders ? ['as planned', 'swapped'] : ['as planned'];
    case 'temperature':
      return [temperatureName(settings.temperature)];
    case 'readout':
      return [settings.readout];
    case 'strategy':
      return [strategy ?? ''];
    case 'control':
      return [control?.replace('-', ' ') ?? 'meant'];
  }
}

function groupOf({ settings, strategy, control }: SessionRecord, by: Dimension): string {
  if (!settings) return '';
  return [
    settings.model,
    by === 'strategy' ? null : strategy,
    by === 'readout' ? null : settings.readout,
    by === 'temperature' ? null : temperatureName(settings.temperature),
    by === 'control' || !control || settings.model.endsWith('(control)')
      ? null
      : `${control.replace('-', ' ')} (control)`
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function temperatureName(temperature: number | null): string {
  return temperature === null ? 'T as the endpoint has it' : `T ${temperature}`;
}

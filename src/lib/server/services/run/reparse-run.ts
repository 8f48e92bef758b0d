import { isDeepStrictEqual } from 'node:util';
import { PARSER_VERSION } from '#lib/domain/judgments/parse.ts';
import type { Strategy } from '#lib/domain/study.ts';
import * as reparses from '#lib/server/db/reparses.ts';
import type { Lab } from '../lab.ts';
import type { FoundRun } from './find-run.ts';
import { readJudgment, type RawAnswer, type ReadJudgment } from './read-judgment.ts';

export interface ReparseChange {
  position: number;
  /** As tables say it: "72", "first", "unparseable". */
  before: string;
  after: string;
  /** The words of the completion. */
  text: string;
}

export interface ReparseReport {
  run: number;
  observer: string;
  parserVersion: number;
  /** How many responses were read by which version so far. */
  versions: Record<string, number>;
  checked: number;
  /** Whose answer or outcome changes. */
  changed: number;
  /** Whose reason or probabilities alone change. */
  reworded: number;
  /** "unparseable → ok": how many. */
  kinds: Record<string, number>;
  /** The first of the changes. */
  changes: ReparseChange[];
  applied: boolean;
}

const SLICE = 500;
const SHOWN = 100;

/**
 * Reads all of a run's stored completions with the parser as it is now and says what would change; with `apply` writes it,
 * all or nothing, and keeps what was there before.
 */
export async function reparseRun(
  lab: Pick<Lab, 'db'>,
  { run, session, observer, study }: FoundRun,
  options: { apply: boolean }
): Promise<ReparseReport> {
  const report: ReparseReport = {
    run: run.sessionId,
    observer: observer.name,
    parserVersion: PARSER_VERSION,
    versions: {},
    checked: 0,
    changed: 0,
    reworded: 0,
    kinds: {},
    changes: [],
    applied: options.apply
  };
  const different: { presentationId: number; before: ReadJudgment; after: ReadJudgment }[] = [];
  for (let last = 0; ;) {
    const rows = await reparses.after(lab.db, run.sessionId, last, SLICE);
    for (const row of rows) {
      const before = columnsOf(row);
      const after = readJudgment(study.design, session.strategy as Strategy, run, row as RawAnswer);
      report.checked++;
      const version = String(row.parserVersion ?? 'unknown');
      report.versions[version] = (report.versions[version] ?? 0) + 1;
      if (sameBut(before, after, [])) continue;
      different.push({ presentationId: row.presentationId, before, after });
      if (sameBut(before, after, ['reason', 'facts'])) {
        report.reworded++;
        continue;
      }
      report.changed++;
      const kind = `${before.outcome} → ${after.outcome}`;
      report.kinds[kind] = (report.kinds[kind] ?? 0) + 1;
      if (report.changes.length < SHOWN) {
        report.changes.push({
          position: row.position,
          before: inWords(before),
          after: inWords(after),
          text: (row.content ?? row.refusal ?? '').slice(0, 500)
        });
      }
    }
    const end = rows.at(-1);
    if (!end || rows.length < SLICE) break;
    last = end.presentationId;
  }
  if (options.apply) {
    await lab.db.transaction(async (tx) => {
      const { sessionId } = run;
      const id = await reparses.begin(tx, {
        sessionId,
        parserVersion: PARSER_VERSION,
        checked: report.checked,
        changed: report.changed
      });
      for (const { presentationId, before, after } of different) {
        await reparses.change(tx, id, presentationId, before, after);
      }
      await reparses.stampVersion(tx, sessionId, PARSER_VERSION);
    });
  }
  return report;
}

function columnsOf(row: reparses.ParsedRow): ReadJudgment {
  const { outcome, score, rawScore, choice, ranking, facts, reason } = row;
  return {
    outcome,
    score,
    rawScore,
    choice,
    ranking,
    facts: facts ?? null,
    parserVersion: row.parserVersion ?? 0,
    reason
  };
}

/** Whether two readings are alike but for some columns; the version does not count. */
function sameBut(a: ReadJudgment, b: ReadJudgment, but: readonly (keyof ReadJudgment)[]): boolean {
  const keys = ['outcome', 'score', 'rawScore', 'choice', 'ranking', 'facts', 'reason'] as const;
  return keys.every((key) => but.includes(key) || isDeepStrictEqual(plain(a[key]), plain(b[key])));
}

/** As JSON would keep it, so that a stored value equals the one it was stored from. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}

function inWords({ outcome, score, choice, ranking }: ReadJudgment): string {
  if (outcome !== 'ok') return outcome;
  return choice ?? (ranking === null ? String(score) : `[${ranking.join(', ')}]`);
}

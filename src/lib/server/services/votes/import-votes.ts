import { canonicalJson } from '#lib/domain/planning/design-text.ts';
import { othersFirst, type Db } from '#lib/server/db/client.ts';
import * as studies from '#lib/server/db/studies.ts';
import * as votes from '#lib/server/db/votes.ts';
import { BadInput, Conflict } from '#lib/server/tables/bad-input.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { eachVote, type VoteCount, type VoteFile, type VoteKind, type VoteReading } from './read-votes.ts';
import { removeImport } from './remove-votes.ts';
import { studyTarget } from './study-target.ts';

export interface VoteImportOptions extends VoteReading {
  /** By name ("name@2" for a version). */
  study: string;
  kind: VoteKind;
}

export interface VoteReport {
  study: string;
  /** Names the import, to take it out again. */
  import: number;
  file: string;
  sha256: string;
  kind: VoteKind;
  observers: number;
  votes: number;
  /** Rows without a rating. */
  missing: number;
  /** Votes about what the study does not judge. */
  passedOver: number;
  /** Whether this file was in the study before: nothing was changed then. */
  alreadyThere: boolean;
}

/** Votes that one transaction stores: some 30 ms on the embedded database, which everybody else waits for. */
const SLICE = 1000;
/** A store that was not heard of for so long is no more. */
const SILENT_MS = 60_000;

/**
 * Takes votes that were collected elsewhere into a study: each observer of the file a sitting that this lab's room has not
 * shown, in the same table of responses as everybody else's. The file is read twice, once to check all of it and once to
 * store it, slice by slice; until the last one is in, none of them counts.
 *
 * @throws BadInput naming file, line and column of the first thing that cannot be; nothing is stored then.
 */
export async function importVotes(
  lab: Pick<Lab, 'db' | 'log'>,
  file: VoteFile,
  options: VoteImportOptions,
  progress: (done: number, total: number) => void = () => {}
): Promise<VoteReport> {
  const { study: name, kind, ...reading } = options;
  const study = await studyNamed(lab.db, name);
  const target = await studyTarget(lab, study);
  const checked = await eachVote(file, target, reading, () => {}, undefined, othersFirst);
  for (const left of await votes.abandoned(lab.db, study.id, SILENT_MS)) await removeImport(lab, left.id);

  const begun = await begin(lab.db, study, file, kind, reading, checked);
  if ('there' in begun) return report(study, begun.there, true);
  const { made, sessionIds } = begun;
  try {
    await store(lab, study, made, file, reading, target, sessionIds, checked, progress);
    const finished = await lab.db.transaction(async (tx) => {
      const now = await studies.lockRow(tx, study.id);
      if (now?.state !== 'open') throw closed(study);
      if (!(await votes.finish(tx, made.id))) return false;
      await studies.markStarted(tx, study.id);
      return true;
    });
    if (!finished) throw new BadInput('was taken out again while it came in', { file: file.label });
  } catch (error) {
    // What could not be finished leaves no trace; if even that fails, the next import into this study sees to it.
    await removeImport(lab, made.id).catch((after: unknown) =>
      lab.log.error({ err: after, import: made.id }, 'removing an unfinished import of votes')
    );
    throw error;
  }
  return report(study, made, false);
}

/** The import's row and its sittings, unless the file is there already. */
async function begin(
  db: Db,
  study: studies.Study,
  file: VoteFile,
  kind: VoteKind,
  reading: VoteReading,
  checked: VoteCount
): Promise<{ there: votes.VoteImport } | { made: votes.VoteImport; sessionIds: number[] }> {
  const options = { ...reading };
  return db.transaction(async (tx) => {
    const now = await studies.lockRow(tx, study.id);
    if (!now) throw new BadInput(`there is no study named ${JSON.stringify(study.name)}`);
    const there = await votes.bySha256(tx, study.id, checked.sha256);
    if (there) {
      if (there.state !== 'stored') {
        throw new Conflict('is just being imported into this study', { file: file.label });
      }
      if (there.kind !== kind || canonicalJson(there.options) !== canonicalJson(options)) {
        throw new Conflict(
          'was imported into this study before, read otherwise: take that import out first',
          { file: file.label }
        );
      }
      return { there };
    }
    if (now.state !== 'open') throw closed(study);
    const known = await votes.namesIn(tx, study.id);
    const again = checked.observers.find((observer) => known.has(observer));
    if (again !== undefined) {
      throw new Conflict(
        `${JSON.stringify(again)} has imported votes in this study already: all votes of an observer come in one file`,
        { file: file.label }
      );
    }
    const made = await votes.create(tx, {
      studyId: study.id,
      sha256: checked.sha256,
      fileName: file.label.split(/[/\\]/).at(-1) ?? file.label,
      kind,
      options,
      observers: checked.observers.length,
      votes: checked.votes,
      missing: checked.missing,
      passedOver: checked.passedOver
    });
    if (!made) throw new Error(`the file ${checked.sha256} came in twice`);
    const address = studies.addressOf(study);
    const sessionIds = await votes.openSessions(tx, { id: study.id, address }, made, checked.observers);
    return { made, sessionIds };
  });
}

async function store(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  made: votes.VoteImport,
  file: VoteFile,
  reading: VoteReading,
  target: Awaited<ReturnType<typeof studyTarget>>,
  sessionIds: readonly number[],
  checked: VoteCount,
  progress: (done: number, total: number) => void
): Promise<void> {
  const positions = new Int32Array(sessionIds.length);
  let waiting: votes.NewVote[] = [];
  let done = 0;
  const flush = async () => {
    const all = waiting;
    waiting = [];
    for (let from = 0; from < all.length; from += SLICE) {
      const slice = all.slice(from, from + SLICE);
      if (!(await votes.insertVotes(lab.db, study.id, made.id, slice))) {
        throw new BadInput('was taken out again while it came in', { file: file.label });
      }
      done += slice.length;
      progress(done, checked.votes);
      await othersFirst();
    }
  };
  const second = await eachVote(
    file,
    target,
    reading,
    ({ observer, trialId, pass, order, answer, given }) => {
      const position = positions[observer] as number;
      positions[observer] = position + 1;
      waiting.push({
        sessionId: sessionIds[observer] as number,
        trialId,
        position,
        pass,
        order,
        score: answer.kind === 'score' ? answer.score : null,
        raw: answer.kind === 'score' ? answer.raw : answer.kind === 'choice' ? (answer.grade ?? null) : null,
        choice: answer.kind === 'choice' ? answer.choice : null,
        ranking: answer.kind === 'ranking' ? answer.ranks : null,
        facts: given === null ? null : { given }
      });
    },
    undefined,
    flush
  );
  if (second.sha256 !== checked.sha256) {
    throw new BadInput('was changed while it came in', { file: file.label });
  }
}

function closed(study: studies.Study): Conflict {
  return new Conflict(`the study ${JSON.stringify(study.name)} is closed: open it to take votes in`);
}

function report(study: studies.Study, made: votes.VoteImport, alreadyThere: boolean): VoteReport {
  return {
    study: studies.addressOf(study),
    import: made.id,
    file: made.fileName,
    sha256: made.sha256,
    kind: made.kind as VoteKind,
    observers: made.observers,
    votes: made.votes,
    missing: made.missing,
    passedOver: made.passedOver,
    alreadyThere
  };
}

import * as bundles from '#lib/server/db/bundles.ts';
import type { Db } from '#lib/server/db/client.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { json, mapped, type StoredHead } from './import-bundle.ts';

const BATCH = 1000;

/** Presentations, completions and responses as they are read, in their order; nothing but one batch is held. */
export async function storeVotes(
  tx: Db,
  lines: AsyncIterable<string>,
  head: StoredHead,
  label: string
): Promise<{ presentations: number; responses: number; completions: number }> {
  const counts = { presentations: 0, responses: 0, completions: 0 };
  // What later completions may repeat: a model's alone, few beside people's votes.
  const completionIds = new Map<number, number>();
  let batch: bundles.BundledVote[] = [];

  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const ids = await bundles.insertPlain(
      tx,
      'presentations',
      batch.map(({ presentation }) => ({
        ...presentation,
        study_id: head.studyId,
        session_id: mapped(head.sessions, presentation['session_id'], label),
        trial_id: mapped(head.trials, presentation['trial_id'], label)
      }))
    );
    // One that repeats another of its own batch waits for that one's id.
    for (const group of [
      batch.flatMap((vote, index) => vote.completions.filter(isOwn).map((row) => ({ row, index }))),
      batch.flatMap((vote, index) =>
        vote.completions.filter((row) => !isOwn(row)).map((row) => ({ row, index }))
      )
    ]) {
      const stored = await bundles.insertPlain(
        tx,
        'completions',
        group.map(({ row, index }) => ({
          ...row,
          presentation_id: ids[index],
          replayed_from: isOwn(row) ? null : (completionIds.get(Number(row['replayed_from'])) ?? null)
        }))
      );
      group.forEach(({ row }, place) => completionIds.set(Number(row['id']), stored[place] as number));
    }
    const answered = batch.flatMap(({ response }, index) =>
      response === null
        ? []
        : [
            {
              ...response,
              presentation_id: ids[index],
              completion_id:
                response['completion_id'] === null || response['completion_id'] === undefined
                  ? null
                  : mapped(completionIds, response['completion_id'], label)
            }
          ]
    );
    await bundles.insertPlain(tx, 'responses', answered);
    counts.presentations += batch.length;
    counts.responses += answered.length;
    counts.completions += batch.reduce((sum, { completions }) => sum + completions.length, 0);
    batch = [];
  }

  let line = 0;
  for await (const text of lines) {
    line++;
    const vote = json(text, `tables/votes.jsonl line ${line}`, label) as bundles.BundledVote;
    if (typeof vote?.presentation !== 'object' || !Array.isArray(vote.completions))
      throw new BadInput(`tables/votes.jsonl line ${line} is no vote`, { file: label });
    batch.push(vote);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return counts;
}

function isOwn(completion: bundles.PlainRow): boolean {
  return completion['replayed_from'] === null || completion['replayed_from'] === undefined;
}

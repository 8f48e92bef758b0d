import { peopleOnTrial, type PeopleOnTrial } from '#lib/domain/results/people-on-trial.ts';
import type { PromptPart } from '#lib/domain/prompts/prompt.ts';
import { peoplesAnswers } from '#lib/server/db/run-lists.ts';
import * as runs from '#lib/server/db/runs.ts';
import * as stimuli from '#lib/server/db/stimuli.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import type { FoundRun } from './find-run.ts';

export interface ShownPicture {
  /** What it is in this trial: "first", "reference", "exemplar 1" … */
  role: string;
  name: string;
  sha256: string;
  mos: number | null;
}

export type SentPart = { type: 'text'; text: string } | ({ type: 'image' } & ShownPicture);

export interface ShownTranscript {
  position: number;
  pass: number;
  outcome: string;
  reason: string | null;
  score: number | null;
  choice: string | null;
  ranking: number[] | null;
  content: string | null;
  refusal: string | null;
  finishReason: string | null;
  reportedModel: string | null;
  tokensIn: number | null;
  tokensOut: number | null;
  latencyMs: number | null;
  /** The judged pictures in the order shown. */
  judged: ShownPicture[];
  /** Everything as sent, in order; null where nothing was answered. */
  sent: SentPart[] | null;
  promptId: string | null;
  people: PeopleOnTrial;
  /** Whether the people are simulated, all of them or some. */
  peopleSimulated: boolean;
  /** This answer as a case for the parser's corpus. */
  corpusCase: string;
}

const PLACES = ['first', 'second', 'third', 'fourth'] as const;

/**
 * A page of a run's transcripts: what exactly was sent, what came back, what was read from it, and what people answered
 * to the same trial, turned into the order in which the model saw it.
 */
export async function showTranscripts(
  lab: Pick<Lab, 'db'>,
  { run, session, study }: FoundRun,
  filter: { outcome: string | null; position: number | null },
  offset: number,
  limit: number
): Promise<{ total: number; rows: ShownTranscript[] }> {
  const { design } = study;
  const { total, rows } = await runs.transcripts(lab.db, run.sessionId, filter, offset, limit);
  const trialIds = [...new Set(rows.map((row) => row.trialId))];
  const answers = await peoplesAnswers(lab.db, study.id, trialIds);
  const hashes = [...new Set(rows.flatMap((row) => (row.promptSha256 === null ? [] : [row.promptSha256])))];
  const prompts = new Map(
    await Promise.all(hashes.map(async (hash) => [hash, await runs.promptText(lab.db, hash)] as const))
  );
  const exemplars = design.exemplars.length === 0 ? [] : await exemplarPictures(lab, study);
  return {
    total,
    rows: rows.map((row) => {
      const prompt = row.promptSha256 === null ? null : (prompts.get(row.promptSha256) ?? null);
      const judged = row.stimuli.map((stimulus, place) => ({
        role: row.stimuli.length === 1 ? 'given image' : (PLACES[place] as string),
        name: stimulus.name,
        sha256: stimulus.sha256,
        mos: stimulus.mos
      }));
      const reference = row.reference && { role: 'reference', mos: null, ...row.reference };
      const picture = (slot: Extract<PromptPart, { type: 'image' }>['slot']): ShownPicture | null => {
        if (slot.kind === 'test') return judged[slot.index] ?? null;
        if (slot.kind === 'reference') return reference;
        const exemplar = exemplars[slot.index];
        return (slot.kind === 'exemplar' ? exemplar?.own : exemplar?.reference) ?? null;
      };
      const mine = answers.filter((answer) => answer.trialId === row.trialId);
      // Whoever is real counts; simulated people only where there is nobody else.
      const real = mine.filter((answer) => answer.kind === 'rater');
      const people = real.length > 0 ? real : mine;
      return {
        position: row.position,
        pass: row.pass,
        outcome: row.outcome ?? '',
        reason: row.reason,
        score: row.score,
        choice: row.choice,
        ranking: row.ranking,
        content: row.content,
        refusal: row.refusal,
        finishReason: row.finishReason,
        reportedModel: row.reportedModel,
        tokensIn: row.tokensIn,
        tokensOut: row.tokensOut,
        latencyMs: row.latencyMs,
        judged,
        sent:
          prompt === null
            ? null
            : (prompt.parts as PromptPart[]).map((part): SentPart => {
                if (part.type === 'text') return part;
                const shown = picture(part.slot);
                return shown === null
                  ? {
                      type: 'text',
                      text: `[${part.slot.kind} ${part.slot.index + 1}, no longer in the study]`
                    }
                  : { type: 'image', ...shown };
              }),
        promptId: prompt === null ? null : `${prompt.promptId}, version ${prompt.promptVersion}`,
        people: peopleOnTrial(design.protocol, row.order, people),
        peopleSimulated: people.length > 0 && real.length === 0,
        corpusCase: JSON.stringify(
          {
            protocol: design.protocol,
            readout: run.readout,
            strategy: session.strategy,
            text: row.content ?? '',
            expected: `(what it should be read as; it was read as ${readAs(row)})`,
            ...(row.finishReason === null ? {} : { finishReason: row.finishReason }),
            ...(row.refusal === null ? {} : { refusal: row.refusal }),
            allowTies: design.allowTies
          },
          null,
          2
        )
      };
    })
  };
}

function readAs(row: Pick<runs.Transcript, 'outcome' | 'score' | 'choice' | 'ranking'>): string {
  if (row.outcome !== 'ok') return row.outcome ?? 'nothing';
  return row.choice ?? (row.ranking === null ? String(row.score) : `[${row.ranking.join(', ')}]`);
}

async function exemplarPictures(
  lab: Pick<Lab, 'db'>,
  study: Study
): Promise<{ own: ShownPicture | null; reference: ShownPicture | null }[]> {
  const { exemplars } = study.design;
  const shown = async (name: string | null, role: string): Promise<ShownPicture | null> => {
    const row = name === null ? null : await stimuli.byName(lab.db, study.datasetId, name);
    return row ? { role, name: row.name, sha256: row.sha256, mos: row.mos } : null;
  };
  return Promise.all(
    exemplars.map(async ({ stimulusId, referenceId }, i) => ({
      own: await shown(stimulusId, `exemplar ${i + 1}`),
      reference: await shown(referenceId, 'exemplar reference')
    }))
  );
}

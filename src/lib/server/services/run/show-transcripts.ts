import { peopleOnTrial, type PeopleOnTrial } from '#lib/domain/results/people-on-trial.ts';
import { ORDINALS } from '#lib/domain/prompts/wording.ts';
import type { PromptPart } from '#lib/domain/prompts/prompt.ts';
import type { TranscriptFacts } from '#lib/domain/transcript.ts';
import { peoplesAnswers } from '#lib/server/db/run-lists.ts';
import * as runs from '#lib/server/db/runs.ts';
import { transcripts, type Transcript, type TranscriptFilter } from '#lib/server/db/transcripts.ts';
import * as stimuli from '#lib/server/db/stimuli.ts';
import * as studies from '#lib/server/db/studies.ts';
import type { Lab } from '../lab.ts';
import { keepLook } from '../preregister.ts';
import type { FoundRun } from './find-run.ts';

export interface ShownPicture {
  /** What it is in this trial: "first", "reference", "exemplar 1" … */
  role: string;
  name: string;
  sha256: string;
  mos: number | null;
}

export type SentPart = { type: 'text'; text: string } | ({ type: 'image' } & ShownPicture);

export interface ShownTranscript extends TranscriptFacts {
  outcome: string;
  /** Whether a stored completion was repeated instead of asking. */
  replayed: boolean;
  /** The judged pictures in the order shown. */
  judged: (ShownPicture & {
    /** Under the control of shuffled images: whose picture was sent. */
    instead: string | null;
  })[];
  /** Everything as sent, in order; null where nothing was answered. */
  sent: SentPart[] | null;
  promptId: string | null;
  people: PeopleOnTrial;
  /** Whether the people are simulated, all of them or some. */
  peopleSimulated: boolean;
  /** This answer as a case for the parser's corpus. */
  corpusCase: string;
}

/**
 * A page of a run's transcripts: what exactly was sent, what came back, what was read from it, and what people answered
 * to the same trial, turned into the order in which the model saw it.
 */
export async function showTranscripts(
  lab: Pick<Lab, 'db'>,
  { run, session, study }: FoundRun,
  filter: TranscriptFilter,
  offset: number,
  limit: number
): Promise<{ total: number; rows: ShownTranscript[] }> {
  const { design } = study;
  await keepLook(lab, study, "transcripts beside people's answers");
  const { total, rows } = await transcripts(lab.db, study.id, run.sessionId, filter, offset, limit);
  const instead = await shownInstead(lab, run, study.id);
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
        role: row.stimuli.length === 1 ? 'given image' : (ORDINALS[place] as string),
        name: stimulus.name,
        sha256:
          sentHash(prompt?.parts as PromptPart[] | undefined, row.imageSha256, place) ?? stimulus.sha256,
        mos: stimulus.mos,
        instead: instead.get(stimulus.id)?.name ?? null
      }));
      const reference = row.reference && { role: 'reference', mos: null, ...row.reference };
      const standIn = (shown: ShownPicture | null, id: number | undefined): ShownPicture | null => {
        const other = id === undefined ? undefined : instead.get(id);
        return shown && other
          ? { ...shown, ...other, role: `${shown.role}, in place of ${shown.name}` }
          : shown;
      };
      const picture = (slot: Extract<PromptPart, { type: 'image' }>['slot']): ShownPicture | null => {
        if (slot.kind === 'test') return standIn(judged[slot.index] ?? null, row.stimuli[slot.index]?.id);
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
        replayed: row.replayedFrom !== null,
        disagreement: row.disagreement,
        confidence: row.confidence,
        capturedMass: row.capturedMass,
        parserVersion: row.parserVersion,
        judged,
        sent:
          prompt === null
            ? null
            : asSent(prompt.parts as PromptPart[], row.imageSha256).map(({ part, sha256 }): SentPart => {
                if (part.type === 'text') return part;
                const shown = picture(part.slot);
                return shown === null
                  ? {
                      type: 'text',
                      text: `[${part.slot.kind} ${part.slot.index + 1}, no longer in the study]`
                    }
                  : { type: 'image', ...shown, sha256: sha256 ?? shown.sha256 };
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

/** The parts of a prompt, every picture with the hash of what was sent in its place. */
function asSent(
  parts: readonly PromptPart[],
  sent: readonly string[] | null
): { part: PromptPart; sha256: string | null }[] {
  let next = 0;
  return parts.map((part) => ({
    part,
    sha256: part.type === 'image' ? (sent?.[next++] ?? null) : null
  }));
}

/** The hash of what was sent as the judged picture in a place. */
function sentHash(
  parts: readonly PromptPart[] | undefined,
  sent: readonly string[] | null,
  place: number
): string | null {
  if (!parts || sent === null) return null;
  const found = asSent(parts, sent).find(
    ({ part }) => part.type === 'image' && part.slot.kind === 'test' && part.slot.index === place
  );
  return found?.sha256 ?? null;
}

/** Under the control of shuffled images, the stimulus that was shown in place of each. */
async function shownInstead(
  lab: Pick<Lab, 'db'>,
  run: runs.Run,
  studyId: number
): Promise<Map<number, { name: string; sha256: string; mos: number | null }>> {
  if (run.shownInstead === null) return new Map();
  const byId = new Map((await studies.stimuliIn(lab.db, studyId)).map((one) => [one.id, one]));
  return new Map(
    Object.entries(run.shownInstead).flatMap(([judged, shown]) => {
      const other = byId.get(shown);
      return other
        ? [[Number(judged), { name: other.name, sha256: other.sha256, mos: other.mos }] as const]
        : [];
    })
  );
}

function readAs(row: Pick<Transcript, 'outcome' | 'score' | 'choice' | 'ranking'>): string {
  if (row.outcome !== 'ok') return row.outcome ?? 'nothing';
  return row.choice ?? (row.ranking === null ? String(row.score) : `[${row.ranking.join(', ')}]`);
}

async function exemplarPictures(
  lab: Pick<Lab, 'db'>,
  study: studies.Study
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

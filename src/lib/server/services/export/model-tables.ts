import type { PromptPart } from '#lib/domain/prompts/prompt.ts';
import * as exported from '#lib/server/db/exports.ts';
import type { Study } from '#lib/server/db/studies.ts';
import type { Column, StreamedTable, TableRow } from '#lib/server/tables/table.ts';
import type { Lab } from '../lab.ts';
import { instant } from './responses-table.ts';
import { namedTrials } from './study-names.ts';

/** Raw answers with log-probabilities are long. */
const SLICE = 500;

const STUDY: Column = { name: 'study', type: 'text', description: 'Name of the study' };

const PROMPTS: Column[] = [
  STUDY,
  { name: 'promptSha256', type: 'text', description: 'SHA-256 that names the exact text' },
  { name: 'promptId', type: 'text', description: 'Which prompt was sent' },
  { name: 'promptVersion', type: 'integer', description: 'In which version' },
  {
    name: 'promptText',
    type: 'text',
    description: 'The text as sent, with the places of the pictures in square brackets'
  },
  { name: 'promptParts', type: 'json', description: 'The same in its parts, texts and places of pictures' },
  { name: 'completions', type: 'integer', description: 'Completions of this study that it brought' }
];

/** Every text that a model of the study was sent. */
export function promptsTable(lab: Pick<Lab, 'db'>, study: Study): StreamedTable {
  return { name: 'prompts', columns: PROMPTS, rows: promptRows(lab, study) };
}

async function* promptRows(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<TableRow> {
  let after = '';
  for (;;) {
    const slice = await exported.promptsAfter(lab.db, study.id, after, SLICE);
    for (const { sha256, promptId, promptVersion, parts, completions } of slice) {
      yield [
        study.name,
        sha256,
        promptId,
        promptVersion,
        readable(parts),
        JSON.stringify(parts),
        completions
      ];
    }
    const last = slice.at(-1);
    if (!last || slice.length < SLICE) return;
    after = last.sha256;
  }
}

function readable(parts: unknown): string {
  const list = Array.isArray(parts) ? parts : (parts as { parts?: unknown } | null)?.parts;
  if (!Array.isArray(list)) return '';
  return (list as PromptPart[])
    .map((part) => (part.type === 'text' ? part.text : `[${part.slot.kind} ${part.slot.index + 1}]`))
    .join('\n');
}

const COMPLETIONS: Column[] = [
  STUDY,
  {
    name: 'session',
    type: 'integer',
    description: "One observer's pass over the study: a sitting or a model's run"
  },
  { name: 'observer', type: 'text', description: 'Who judged' },
  { name: 'model', type: 'text', description: 'Name of the model at its endpoint' },
  { name: 'strategy', type: 'text', description: 'How a model was prompted; empty for people' },
  { name: 'trial', type: 'integer', description: "Place of the trial in the study's plan, from 0" },
  { name: 'position', type: 'integer', description: 'Place of the presentation in its session, from 0' },
  { name: 'attempt', type: 'integer', description: 'Which request for this presentation' },
  { name: 'promptSha256', type: 'text', description: 'SHA-256 that names the exact text' },
  { name: 'reportedModel', type: 'text', description: "The model's name as the endpoint gave it back" },
  { name: 'content', type: 'text', description: 'The raw answer' },
  { name: 'refusal', type: 'text', description: "The endpoint's own refusal" },
  { name: 'finishReason', type: 'text', description: 'Why the answer ended' },
  { name: 'logprobs', type: 'json', description: 'Log-probabilities of tokens, as the endpoint gave them' },
  { name: 'tokensIn', type: 'integer', description: 'Tokens sent' },
  { name: 'tokensOut', type: 'integer', description: 'Tokens received' },
  { name: 'cost', type: 'number', description: "US dollars at the run's prices" },
  { name: 'latencyMs', type: 'number', description: 'Milliseconds from request to answer' },
  { name: 'receivedAt', type: 'instant', description: 'When it arrived (ISO 8601, UTC)' },
  {
    name: 'outcome',
    type: 'text',
    description: 'ok, or why there is no usable answer; empty where none came back'
  },
  { name: 'parserVersion', type: 'integer', description: 'Which parser read it' }
];

/** Every raw answer, each attempt. */
export function completionsTable(lab: Pick<Lab, 'db'>, study: Study): StreamedTable {
  return { name: 'completions', columns: COMPLETIONS, rows: completionRows(lab, study) };
}

async function* completionRows(lab: Pick<Lab, 'db'>, study: Study): AsyncGenerator<TableRow> {
  const trials = await namedTrials(lab, study);
  let after = 0;
  for (;;) {
    const slice = await exported.completionsAfter(lab.db, study.id, after, SLICE);
    for (const row of slice) {
      yield [
        study.name,
        row.session,
        row.observer,
        row.model,
        row.strategy,
        trials.get(row.trialId)?.index ?? null,
        row.position,
        row.attempt,
        row.promptSha256,
        row.reportedModel,
        row.content,
        row.refusal,
        row.finishReason,
        row.logprobs,
        row.tokensIn,
        row.tokensOut,
        row.cost,
        row.latencyMs,
        instant(row.receivedAt),
        row.outcome,
        row.parserVersion
      ];
    }
    const last = slice.at(-1);
    if (!last || slice.length < SLICE) return;
    after = last.id;
  }
}

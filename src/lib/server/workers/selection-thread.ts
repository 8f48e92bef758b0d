import { parentPort } from 'node:worker_threads';
import {
  difficultSelector,
  type DifficultInput,
  type DifficultSelection,
  type DifficultSelector,
  type DifficultSettings
} from '#lib/domain/selection/difficult-subset.ts';

/** What the desk asks: to take a dataset in, or to choose out of one that it has. */
export type SelectionQuestion = { id: number; key: string } & (
  { input: DifficultInput } | { settings: DifficultSettings }
);
export type SelectionAnswer = { id: number } & Reply;
type Reply = { taken: true } | { selection: DifficultSelection } | { unknown: true } | { problem: string };

/** Datasets that are held at once: at 11,125 × 512 each is some 60 MB with what was computed of it. */
const HELD = 2;

const held = new Map<string, DifficultSelector>();
parentPort?.on('message', (question: SelectionQuestion) => {
  parentPort?.postMessage({ id: question.id, ...answer(question) } satisfies SelectionAnswer);
});

function answer(question: SelectionQuestion): Reply {
  const { key } = question;
  if ('input' in question) {
    held.set(key, difficultSelector(question.input));
    for (const old of held.keys()) if (held.size > HELD && old !== key) held.delete(old);
    return { taken: true };
  }
  const selector = held.get(key);
  if (selector === undefined) return { unknown: true };
  held.delete(key);
  held.set(key, selector);
  try {
    return { selection: selector.select(question.settings) };
  } catch (error) {
    if (error instanceof RangeError) return { problem: error.message };
    throw error;
  }
}

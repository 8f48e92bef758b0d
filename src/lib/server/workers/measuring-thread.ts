import { parentPort, workerData } from 'node:worker_threads';
import { describePicture } from '#lib/metrics/descriptor.ts';
import { sharpBlocks } from '#lib/metrics/niqe.ts';
import { measureAlone, measurePair, prepared, type Prepared } from '#lib/metrics/measure.ts';
import { decodePixels } from '#lib/server/images/decode.ts';
import type {
  CodedPicture,
  MeasuringOutcome,
  MeasuringReply,
  MeasuringSetup,
  MeasuringTask
} from './measuring.ts';
import { openNetwork, type Network } from './network.ts';
import { yieldToOthers } from './yield-to-others.ts';

type Decoded = { ok: true; picture: Prepared } | { ok: false; reason: string };
type Failure = Extract<MeasuringOutcome, { ok: false }>;

const { targets, pristine } = workerData as MeasuringSetup;
const send = (reply: MeasuringReply) => parentPort?.postMessage(reply);
/** The picture that was last compared with: lists go reference by reference. */
let kept: { sha256: string; decoded: Decoded } | null = null;
const networks = new Map<string, Network>();

yieldToOthers();
try {
  for (const [key, target] of Object.entries(targets)) {
    if (target.kind === 'network') networks.set(key, await openNetwork(target.description, target.model));
  }
  send({ ready: true });
} catch (error) {
  send({ problem: error instanceof Error ? error.message : String(error) });
}

parentPort?.on('message', (task: MeasuringTask) => {
  measure(task).then(
    (outcomes) => send({ result: { outcomes } }),
    (error: unknown) =>
      send({ problem: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  );
});

async function measure(task: MeasuringTask): Promise<[string, MeasuringOutcome][]> {
  const reference = task.reference === null ? null : await referenceOf(task.reference);
  const same = task.reference?.sha256 === task.picture.sha256 ? reference : null;
  const judged = same ?? (await decoded(task.picture));
  const outcomes: [string, MeasuringOutcome][] = [];
  const fail = (keys: string[], failure: Failure['failure'], reason: string | null) =>
    outcomes.push(...keys.map((key) => [key, { ok: false, failure, reason }] as [string, Failure]));
  if (!judged.ok) {
    fail(task.wanted, 'undecodable', judged.reason);
    return outcomes;
  }
  const pairs = task.wanted.filter(needsReference);
  const rest = task.wanted.filter((key) => !needsReference(key));
  if (reference === null) fail(pairs, 'no-reference', null);
  else if (!reference.ok) fail(pairs, 'undecodable', `the reference: ${reference.reason}`);
  else {
    const { image: x } = reference.picture;
    const { image: y } = judged.picture;
    // Networks scale what they are given; the built-in metrics compare pixel by pixel.
    const scaled = (key: string) => targets[key]?.kind === 'network';
    const sameSize = x.widthPx === y.widthPx && x.heightPx === y.heightPx;
    const exact = pairs.filter((key) => !scaled(key));
    if (sameSize) outcomes.push(...pairMetrics(exact, reference.picture, judged.picture));
    else
      fail(
        exact,
        'different-size',
        `${y.widthPx} × ${y.heightPx} beside ${x.widthPx} × ${x.heightPx} pixels`
      );
    for (const key of pairs.filter(scaled)) {
      outcomes.push([key, await (networks.get(key) as Network).run(judged.picture.image, x)]);
    }
  }
  for (const key of rest) {
    const target = targets[key];
    if (target?.kind === 'sharp-blocks') outcomes.push([key, blocksOf(judged.picture)]);
    else if (target?.kind === 'descriptor') outcomes.push([key, descriptionOf(judged.picture)]);
    else if (target?.kind === 'network') {
      outcomes.push([key, await (networks.get(key) as Network).run(judged.picture.image, null)]);
    } else if (target?.kind === 'alone') {
      const measured = measureAlone([target.metric], judged.picture, pristine);
      outcomes.push([key, measured.get(target.metric) as MeasuringOutcome]);
    }
  }
  return outcomes;
}

function pairMetrics(keys: string[], reference: Prepared, judged: Prepared): [string, MeasuringOutcome][] {
  const names = keys.map((key) => metricOf(key));
  const measured = measurePair(names, reference, judged);
  return keys.map((key, i) => [key, measured.get(names[i] as string) as MeasuringOutcome]);
}

function metricOf(key: string): string {
  const target = targets[key];
  return target?.kind === 'pair' ? target.metric : '';
}

function needsReference(key: string): boolean {
  const target = targets[key];
  return target?.kind === 'pair' || (target?.kind === 'network' && target.description.inputs === 2);
}

function descriptionOf({ image }: Prepared): MeasuringOutcome {
  const vector = describePicture(image);
  return vector === null ? { ok: false, failure: 'too-small', reason: null } : { ok: true, vector };
}

function blocksOf(picture: Prepared): MeasuringOutcome {
  const blocks = sharpBlocks(picture.luma());
  if (blocks.length === 0) {
    return { ok: false, failure: 'too-small', reason: 'no block of 96 × 96 pixels has all features' };
  }
  return { ok: true, blocks: Float64Array.from(blocks.flatMap((block) => [...block])) };
}

async function referenceOf(coded: CodedPicture): Promise<Decoded> {
  if (kept?.sha256 !== coded.sha256) kept = { sha256: coded.sha256, decoded: await decoded(coded) };
  return kept.decoded;
}

async function decoded({ sha256, bytes }: CodedPicture): Promise<Decoded> {
  if (bytes === null) throw new Error(`the bytes of ${sha256} were not sent`);
  const pixels = await decodePixels(bytes);
  return pixels.ok ? { ok: true, picture: prepared(pixels) } : { ok: false, reason: pixels.reason };
}

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sitAsRater } from '../../src/demo/simulated-rater.ts';
import { startSimulator, type Simulator } from '../../src/demo/simulator.ts';
import { ratingsFromMatrix } from '../../src/lib/domain/scaling/ratings.ts';
import { fitSubjectModel } from '../../src/lib/domain/scaling/subject-model.ts';
import type { StudyResults } from '../../src/lib/domain/results/study-results.ts';
import type { SyntheticObserver } from '../../src/lib/domain/simulation/observer.ts';
import { syntheticPanel, TYPICAL_PANEL } from '../../src/lib/domain/simulation/panel.ts';
import type { Protocol, StudyDesign } from '../../src/lib/domain/study.ts';
import { RUN_DEFAULTS } from '../../src/lib/server/services/run/start-run.ts';
import type { RunDocument } from '../../src/lib/server/services/run/describe-run.ts';
import { spearman } from '../../src/lib/stats/correlation.ts';
import { seededRandom } from '../../src/lib/stats/random.ts';
import { LabServer } from '../e2e/support/server.ts';
import { writePictures, type Pictures } from '../fixtures/known-pictures.ts';

// Known qualities go in through both doors, over HTTP, at the size of the published studies (150 images: scores, 750 pairs,
// 300 groups); the analysis has to find them again. The dataset's own MOS says nothing: it is 50 for every picture.

const IMAGES = 150;
const SEED = 11;
/** Ten seconds on a quiet machine. */
const PATIENCE_MS = 180_000;
/** 750 votes alone carry no more than SRCC 0.95 or so at σ 7: what a model of this noise says is found better. */
const MODEL: SyntheticObserver = { bias: -5, sigma: 3, lapse: 0, sideBias: 0, sameWithin: 3 };

let pictures: Pictures;
let server: LabServer;
let simulator: Simulator;

beforeAll(async () => {
  process.env['E2E_DATABASE_URL'] = process.env['TEST_DATABASE_URL'] ?? '';
  server = await LabServer.start();
  pictures = await writePictures(path.join(server.directory, 'pictures'), IMAGES);
  simulator = await startSimulator({
    truth: (sha256) => pictures.truth.get(sha256),
    observer: MODEL,
    seed: SEED,
    port: 0
  });
  await server.call('import', pictures.importParams('pictures'));
});
afterAll(async () => {
  await simulator?.stop();
  await server?.stop();
});

/** Plans a study and lets the panel and the model sit it. @returns what it says. */
async function conduct(
  protocol: Protocol,
  design: Partial<StudyDesign>,
  panel: readonly SyntheticObserver[]
): Promise<StudyResults> {
  await server.call('study-create', {
    name: protocol,
    dataset: 'pictures',
    subset: null,
    protocol,
    seed: SEED,
    exemplars: [],
    design,
    ifMissing: false
  });
  const tokens = await server.call<string[]>('invite', {
    study: protocol,
    count: panel.length,
    open: false,
    simulated: true
  });
  const sit = (member: number, most?: number) =>
    sitAsRater({
      origin: server.address,
      token: tokens[member] as string,
      design: { protocol, scale: 'continuous-100', allowTies: true },
      observer: panel[member] as SyntheticObserver,
      truth: (sha256) => pictures.truth.get(sha256),
      random: seededRandom(`recovery/${protocol}/${member}`),
      ...(most === undefined ? {} : { most })
    });
  // One after another through the door, so that the members' numbers are in the panel's order.
  for (const member of panel.keys()) await sit(member, 0);
  await Promise.all(panel.map((_, member) => sit(member)));
  const run = await server.call<RunDocument>('run', {
    ...RUN_DEFAULTS,
    study: protocol,
    model: 'simulated-observer',
    baseUrl: simulator.baseUrl,
    strategy: 'standard',
    apiKey: null,
    here: false
  });
  expect(run).toMatchObject({ state: 'completed', outcomes: { ok: run.presentations } });
  return server.call<StudyResults>('results', { study: protocol });
}

/** SRCC of an observer's values against the true qualities; every image must have a value. */
function recovered(results: StudyResults, observer: string): number {
  const pairs = results.stimuli.map(({ stimulus, values }) => [
    values[observer]?.value ?? Number.NaN,
    pictures.qualityOf.get(stimulus) as number
  ]);
  expect(pairs).toHaveLength(IMAGES);
  return spearman(
    pairs.map(([value]) => value as number),
    pairs.map(([, quality]) => quality as number)
  ) as number;
}

const PEOPLE = 'simulated people';
const MODEL_NAME = 'simulated-observer · standard';
const panelOf = (size: number) =>
  syntheticPanel({ ...TYPICAL_PANEL, size, lapse: 0 }, seededRandom(`recovery/panel/${size}`));

describe('a panel of known scale and a model of known noise are found again', () => {
  it(
    'by scores: MOS, and every observer’s bias and inconsistency',
    async () => {
      const panel = panelOf(10);
      const results = await conduct('single-stimulus', {}, panel);
      expect(recovered(results, PEOPLE)).toBeGreaterThanOrEqual(0.95);
      expect(recovered(results, MODEL_NAME)).toBeGreaterThanOrEqual(0.95);
      // Both doors are labelled for what came through them.
      expect(results.observers.every(({ simulated }) => simulated)).toBe(true);

      const raters = results.observers.filter(({ kind, raters }) => kind === 'synthetic' && raters === null);
      const sittings = raters.filter(({ observer }) => observer !== MODEL_NAME);
      expect(sittings).toHaveLength(panel.length);
      const names = sittings
        .toSorted((a, b) => (a.sessionId as number) - (b.sessionId as number))
        .map(({ observer }) => observer);
      const ratings = ratingsFromMatrix(
        results.stimuli.map(({ values }) => names.map((name) => values[name]?.value ?? null))
      );
      expect(ratings.rating).toHaveLength(panel.length * IMAGES);
      const found = fitSubjectModel(ratings).observers;
      // Biases are relative to the panel's own mean; each is the mean of 150 noisy scores. Among ten, a consistent member
      // draws the quality towards their own scores and so looks up to a quarter more consistent than they are.
      const centre = panel.reduce((sum, { bias }) => sum + bias, 0) / panel.length;
      for (const [member, { bias, sigma }] of panel.entries()) {
        const { bias: foundBias, inconsistency } = found[member] as (typeof found)[number];
        const tolerance = (4 * sigma) / Math.sqrt(IMAGES);
        expect(Math.abs((foundBias as number) - (bias - centre)), `bias of ${member}`).toBeLessThan(
          tolerance
        );
        expect((inconsistency as number) / sigma, `inconsistency of ${member}`).toBeGreaterThan(0.7);
        expect((inconsistency as number) / sigma, `inconsistency of ${member}`).toBeLessThan(1.2);
      }

      // The model against the truth itself: bias −5, σ 3 (whole points add a twelfth to the variance).
      const errors = results.stimuli.map(
        ({ stimulus, values }) =>
          (values[MODEL_NAME]?.value as number) - (pictures.qualityOf.get(stimulus) as number)
      );
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const sd = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1));
      expect(Math.abs(mean - MODEL.bias)).toBeLessThan((3 * MODEL.sigma) / Math.sqrt(IMAGES));
      expect(sd / MODEL.sigma).toBeGreaterThan(0.8);
      expect(sd / MODEL.sigma).toBeLessThan(1.2);
    },
    PATIENCE_MS
  );

  it(
    'by 750 pairs',
    async () => {
      const results = await conduct('double-stimulus', { trialsPerSession: 150 }, panelOf(12));
      expect(results.observers.find(({ observer }) => observer === PEOPLE)?.outcomes).toEqual({ ok: 1800 });
      expect(results.observers.find(({ observer }) => observer === MODEL_NAME)?.outcomes).toEqual({
        ok: 750
      });
      expect(recovered(results, PEOPLE)).toBeGreaterThanOrEqual(0.95);
      expect(recovered(results, MODEL_NAME)).toBeGreaterThanOrEqual(0.95);
    },
    PATIENCE_MS
  );

  it(
    'by 300 groups of four',
    async () => {
      const results = await conduct('multiple-stimulus', { trialsPerSession: 60 }, panelOf(10));
      expect(results.observers.find(({ observer }) => observer === PEOPLE)?.outcomes).toEqual({ ok: 600 });
      expect(results.observers.find(({ observer }) => observer === MODEL_NAME)?.outcomes).toEqual({
        ok: 300
      });
      expect(recovered(results, PEOPLE)).toBeGreaterThanOrEqual(0.95);
      expect(recovered(results, MODEL_NAME)).toBeGreaterThanOrEqual(0.95);
    },
    PATIENCE_MS
  );
});

import { RANDOM_OBSERVER, type SyntheticObserver } from '#lib/domain/simulation/observer.ts';
import { syntheticPanel, TYPICAL_PANEL } from '#lib/domain/simulation/panel.ts';
import type { Protocol, Strategy, StudyDesign } from '#lib/domain/study.ts';
import type { Demonstration } from '#lib/server/services/demonstration.ts';
import { RUN_DEFAULTS } from '#lib/server/services/run/start-run.ts';
import { seededRandom } from '#lib/stats/random.ts';
import type { LabAccess } from '../cli/lab-access.ts';
import type { SceneSet } from './scene-set.ts';
import { sitAsRater } from './simulated-rater.ts';

/** The datasets' names. */
export const WITH_REFERENCES = 'demo scenes';
export const WITHOUT_REFERENCES = 'demo scenes without references';

interface DemoStudy {
  name: string;
  dataset: string;
  protocol: Protocol;
  /** How many stimuli, evenly over MOS; null for all. */
  uniform: number | null;
  exemplars: readonly string[];
  design: Partial<Omit<StudyDesign, 'protocol' | 'scenario' | 'seed' | 'exemplars'>>;
  raters: number;
  strategies: readonly Strategy[];
  /** A short one, which visitors rate themselves. */
  open: boolean;
}

const STUDIES: readonly DemoStudy[] = [
  {
    name: 'demo scores',
    dataset: WITHOUT_REFERENCES,
    protocol: 'single-stimulus',
    uniform: 60,
    exemplars: ['ridges-blur-3.png'],
    design: { trialsPerSession: 30 },
    raters: 12,
    strategies: ['standard', 'chain-of-thought', 'in-context'],
    open: false
  },
  {
    name: 'demo pairs',
    dataset: WITHOUT_REFERENCES,
    protocol: 'double-stimulus',
    uniform: 30,
    exemplars: [],
    design: { trialsPerSession: 40, hiddenRepeats: 5 },
    raters: 9,
    strategies: ['standard', 'chain-of-thought'],
    open: false
  },
  {
    name: 'demo rankings',
    dataset: WITH_REFERENCES,
    protocol: 'multiple-stimulus',
    uniform: 48,
    exemplars: [],
    design: { trialsPerSession: 24 },
    raters: 9,
    strategies: ['standard', 'chain-of-thought'],
    open: false
  },
  ...(['single-stimulus', 'double-stimulus', 'multiple-stimulus'] as const).map((protocol): DemoStudy => ({
    name: `try ${protocol.replace('-', ' ')}`,
    dataset: WITHOUT_REFERENCES,
    protocol,
    uniform: 8,
    exemplars: [],
    design: { trialsPerSession: 3, fitPolicy: 'scroll' },
    raters: 12,
    strategies: ['chain-of-thought'],
    open: true
  }))
];

/** The simulated model: a careful observer with a slight liking for whatever is shown first. */
export const SIMULATED_MODEL: SyntheticObserver = {
  bias: -4,
  sigma: 9,
  lapse: 0.02,
  sideBias: 3,
  sameWithin: 2
};
export const SIMULATED_MODEL_NAME = 'simulated-observer';

export interface SeedOptions {
  lab: LabAccess;
  scenes: SceneSet;
  simulatorBaseUrl: string;
  seed: number;
  say: (line: string) => void;
  /** Stops between two steps when aborted. */
  signal: AbortSignal;
}

/**
 * Fills the lab through its own doors: import, plans, sittings over HTTP, runs through the queue. Every step that ended is
 * noted, so that a demonstration that was killed goes on where it was.
 */
export async function seedLab(options: SeedOptions): Promise<void> {
  const { lab, scenes, say, signal } = options;
  const demonstration: Demonstration = (await lab.call('demonstration', {})) ?? {
    studies: {},
    open: {},
    invitations: {},
    simulatorBaseUrl: null,
    done: []
  };
  demonstration.simulatorBaseUrl = options.simulatorBaseUrl;
  const keep = () => lab.call('keep-demonstration', demonstration);
  await keep();
  const step = async (name: string, line: string, work: () => Promise<void>) => {
    if (signal.aborted || demonstration.done.includes(name)) return;
    say(line);
    await work();
    demonstration.done.push(name);
    await keep();
  };

  for (const name of [WITHOUT_REFERENCES, WITH_REFERENCES]) {
    await step(`import/${name}`, `taking in ${scenes.truth.size} pictures as “${name}”`, async () => {
      await lab.call('import', {
        directory: scenes.directory,
        directoryLabel: 'the demonstration’s scenes',
        mosFile: null,
        mosLabel: null,
        columns: null,
        mosRange: { low: 0, high: 100 },
        name,
        scenario: name === WITH_REFERENCES ? 'full-reference' : 'no-reference',
        layout: 'folder',
        seed: 1,
        simulated: true,
        ifMissing: true
      });
    });
  }
  // A study to rate first: the visitor should not have to wait for the others.
  const order = [...STUDIES].sort((a, b) => Number(b.open) - Number(a.open));
  for (const study of order) {
    await step(`plan/${study.name}`, `planning “${study.name}”`, () => plan(options, study, demonstration));
  }
  for (const study of [...STUDIES].sort((a, b) => Number(a.open) - Number(b.open))) {
    // People and models sit at the same time: neither waits for the other.
    await Promise.all([
      step(`rate/${study.name}`, `${study.raters} simulated raters sit “${study.name}”`, () =>
        rate(options, study, demonstration)
      ),
      ...study.strategies.map((strategy) =>
        step(`run/${study.name}/${strategy}`, `the simulated model sits “${study.name}”, ${strategy}`, () =>
          run(options, study, strategy)
        )
      )
    ]);
  }
}

async function plan(
  { lab, seed }: SeedOptions,
  study: DemoStudy,
  demonstration: Demonstration
): Promise<void> {
  const subset = study.uniform === null ? null : `uniform ${study.uniform}`;
  if (subset !== null) {
    await lab.call('subset', {
      dataset: study.dataset,
      name: subset,
      method: 'uniform',
      n: study.uniform as number,
      ifMissing: true
    });
  }
  const { protocol, name } = study;
  await lab.call('study-create', {
    name,
    dataset: study.dataset,
    subset,
    protocol,
    seed,
    exemplars: study.exemplars,
    design: study.design,
    ifMissing: true
  });
  demonstration.invitations[name] = await lab.call('invite', {
    study: name,
    count: study.raters,
    open: false,
    simulated: true
  });
  if (study.open) {
    const [token] = await lab.call('invite', { study: name, count: 1, open: true });
    demonstration.open[protocol] = { study: name, token: token as string };
  } else {
    demonstration.studies[protocol] = name;
  }
}

/** Four sit at a time, as people in a room would. */
async function rate(
  { lab, scenes, seed, signal }: SeedOptions,
  study: DemoStudy,
  demonstration: Demonstration
): Promise<void> {
  const tokens = demonstration.invitations[study.name] ?? [];
  const random = seededRandom(`raters/${seed}/${study.name}`);
  const panel = syntheticPanel({ ...TYPICAL_PANEL, size: tokens.length }, random.fork('panel'));
  // One of them does not look: what that does to the figures is part of the demonstration.
  if (!study.open && panel.length > 4) panel[panel.length - 1] = RANDOM_OBSERVER;
  const waiting = tokens.map((token, member) => ({ token, member }));
  const sit = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      await sitAsRater({
        origin: lab.origin,
        token: next.token,
        design: { protocol: study.protocol, scale: 'continuous-100', allowTies: true },
        observer: panel[next.member] as SyntheticObserver,
        truth: (sha256) => scenes.truth.get(sha256),
        random: random.fork(`member/${next.member}`)
      });
    }
  };
  await Promise.all(Array.from({ length: 4 }, sit));
}

async function run(
  { lab, simulatorBaseUrl }: SeedOptions,
  study: DemoStudy,
  strategy: Strategy
): Promise<void> {
  await lab.call('run', {
    ...RUN_DEFAULTS,
    study: study.name,
    model: SIMULATED_MODEL_NAME,
    baseUrl: simulatorBaseUrl,
    strategy,
    resume: true,
    apiKey: null,
    here: false
  });
}

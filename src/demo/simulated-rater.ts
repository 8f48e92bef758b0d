import { createHash } from 'node:crypto';
import { consentText } from '#lib/domain/consent.ts';
import type { Answer } from '#lib/domain/response.ts';
import { syntheticAnswer, type SyntheticObserver } from '#lib/domain/simulation/observer.ts';
import type { StudyDesign } from '#lib/domain/study.ts';
import type { Random } from '#lib/stats/random.ts';

export interface SittingOptions {
  /** The lab's address. */
  origin: string;
  /** The invitation. */
  token: string;
  design: Pick<StudyDesign, 'protocol' | 'scale' | 'allowTies'>;
  observer: SyntheticObserver;
  /** True quality 0–100 of a picture by the SHA-256 of its bytes. */
  truth: (sha256: string) => number | undefined;
  random: Random;
  /** Called after each answer that the lab acknowledged. */
  onAnswer?: (acknowledged: { position: number; answer: Answer; requestMs: number }) => void;
  /** Ends the sitting early, before this many answers of its own. */
  most?: number;
}

interface Shown {
  src: string;
}

interface Window {
  sitting: string;
  done: boolean;
  trials: { position: number; reference: Shown | null; stimuli: Shown[] }[];
}

/**
 * One simulated person's sitting through the very requests that a browser makes: consent, window, pictures, answers. It
 * recognises pictures by their bytes, so what it perceives is what it was really shown. Goes on where an earlier call of the
 * same invitation ended.
 *
 * @returns how many answers it gave.
 */
export async function sitAsRater(options: SittingOptions): Promise<number> {
  const { origin, token, observer, design, random } = options;
  const base = `${origin}/r/${token}`;
  const cookie = await begin(base, origin);
  const headers: Record<string, string> = cookie === null ? {} : { cookie };
  const seen = new Map<string, number>();
  const quality = async ({ src }: Shown): Promise<number> => {
    const known = seen.get(src);
    if (known !== undefined) return known;
    const response = await expectOk(await fetch(`${base}/${src}`, { headers }));
    const bytes = Buffer.from(await response.arrayBuffer());
    const found = options.truth(createHash('sha256').update(bytes).digest('hex'));
    if (found === undefined) throw new Error('a simulated rater was shown a picture that it does not know');
    seen.set(src, found);
    return found;
  };
  let given = 0;
  for (;;) {
    const window = (await (await expectOk(await fetch(`${base}/window`, { headers }))).json()) as Window;
    if (window.done) return given;
    for (const trial of window.trials) {
      if (given === options.most) return given;
      const qualities = [];
      for (const stimulus of trial.stimuli) qualities.push(await quality(stimulus));
      const answer = syntheticAnswer(design.protocol, qualities, observer, design, random);
      const started = performance.now();
      const response = await fetch(`${base}/responses`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({
          sitting: window.sitting,
          position: trial.position,
          answer,
          responseTimeMs: Math.round(1800 * Math.exp(0.4 * random.normal())),
          presentedAt: new Date().toISOString(),
          facts: { simulated: true }
        })
      });
      await expectOk(response);
      await response.arrayBuffer();
      given++;
      options.onAnswer?.({ position: trial.position, answer, requestMs: performance.now() - started });
    }
  }
}

/** Consents, as a form would. @returns the sitting's cookie, or null where it had begun before. */
async function begin(base: string, origin: string): Promise<string | null> {
  const response = await fetch(`${base}?/begin`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ consent: consentText().version, device: '{"simulated":true}' }).toString()
  });
  await response.arrayBuffer();
  if (response.status !== 303) throw new Error(`consent was answered with ${response.status}`);
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? null;
}

async function expectOk(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
}

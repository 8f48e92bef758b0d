import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as analyses from '../../src/lib/server/db/analyses.ts';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import type * as studies from '../../src/lib/server/db/studies.ts';
import { agreementState, analyseAgreement } from '../../src/lib/server/services/analyse-agreement.ts';
import { exportLayout, exportTable } from '../../src/lib/server/services/export-study.ts';
import { readPaperTable } from '../../src/lib/server/services/paper-tables.ts';
import { preregister } from '../../src/lib/server/services/preregister.ts';
import { withdrawSitting } from '../../src/lib/server/services/withdraw-sitting.ts';
import { satLab, type SatLab } from './sat-study.ts';

let lab: SatLab;
let test: SatLab['test'];
let study: studies.Study;
beforeAll(async () => {
  let asked = 0;
  const answer = () => `Score: ${((asked++ * 37) % 90) + 5}`;
  lab = await satLab({ dataset: 'pictures', count: 8, name: 'kept', people: 3, answer });
  ({ test, study } = lab);
});
afterAll(() => lab.remove());

describe('the agreement of a study', () => {
  it('is computed with the resamples and the seed that were registered', async () => {
    await preregister(test.lab, study, { replicates: 120, seed: 7 }, 'me');
    expect((await agreementState(test.lab, study)).state).toBe('none');
    expect((await readPaperTable(test.lab, 'nine-systems', 60_000)).agreement.none).toEqual(['kept']);
    const report = await analyseAgreement(test.lab, study);
    expect([report.seed, report.replicates]).toEqual([7, 120]);
  });

  it('stands in the exported tables: intervals, the published pipeline, one person and chance', async () => {
    const { models, people, replicates } = await analyseAgreement(test.lab, study);
    const textOf = async ({ stream }: { stream: AsyncIterable<Uint8Array> }) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of stream) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    };
    const rows = JSON.parse(await textOf(await exportTable(test.lab, study, 'agreement', 'json'))) as Record<
      string,
      unknown
    >[];
    const ofMos = rows.filter(({ truth }) => truth === 'mos');
    const [model] = models;
    const shown = model?.againstMos.srcc.value?.shown;
    expect(model?.pipelines.value?.paperFaithful.srcc).toBeTypeOf('number');
    expect(ofMos.find(({ observer }) => observer === model?.observer)).toMatchObject({
      interval: 'resampled',
      srccLow: shown?.[0],
      srccHigh: shown?.[1],
      srccPaperFaithful: model?.pipelines.value?.paperFaithful.srcc
    });
    expect(
      rows.find(({ observer, truth }) => observer === model?.observer && truth === 'people')
    ).toMatchObject({
      interval: 'resampled',
      srccLow: model?.againstPeople.srcc.value?.shown?.[0],
      srccPaperFaithful: null,
      srccChance95: null
    });
    const together = ofMos.find(({ kind }) => kind === 'people');
    expect(together?.['srccLow']).toBe(people.value?.againstMos.srcc.value?.shown?.[0]);
    for (const row of ofMos) {
      expect(row['srccChance95']).toBeGreaterThan(0.5);
      expect(row['srccOnePerson']).toBeTypeOf('number');
    }
    const latex = await textOf(await exportLayout(test.lab, study, 'latex'));
    expect(latex).toContain(`${replicates} resamples of stimuli`);
    expect(latex).toContain('Paper-faithful: SRCC through the published pipeline.');
  });

  it('is still there in a lab that was opened again, to the last digit', async () => {
    const before = await analyseAgreement(test.lab, study);
    await test.reopen();
    const { state, result } = await agreementState(test.lab, study);
    expect(state).toBe('done');
    expect(result).toEqual(before);
    expect(JSON.stringify(result)).toBe(JSON.stringify(before));
    const { table, agreement } = await readPaperTable(test.lab, 'nine-systems', 60_000);
    expect(agreement).toEqual({ none: [], running: [] });
    expect(JSON.stringify(table)).toMatch(/"paperFaithful":-?[01]/);
  });

  it('is another with another seed, and that of the registration comes back', async () => {
    const other = await analyseAgreement(test.lab, study, { seed: 8 });
    expect(other.seed).toBe(8);
    expect((await agreementState(test.lab, study)).state).toBe('none');
    expect((await analyseAgreement(test.lab, study)).seed).toBe(7);
  });

  it('is forgotten when somebody withdraws', async () => {
    const [sitting] = await rowsOf<{ id: number }>(
      test.lab.db,
      sql`select min(id) as id from sessions where study_id = ${study.id} and door <> 'model'`
    );
    expect(await analyses.ofStudy(test.lab.db, study.id)).not.toBeNull();
    await withdrawSitting(test.lab, study.id, Number(sitting?.id));
    expect(await analyses.ofStudy(test.lab.db, study.id)).toBeNull();
    expect(await agreementState(test.lab, study)).toMatchObject({ state: 'none', result: null });
  });
});

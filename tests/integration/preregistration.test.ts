import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as registrations from '../../src/lib/server/db/registrations.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { exportBundle } from '../../src/lib/server/services/bundle/export-bundle.ts';
import { importBundle } from '../../src/lib/server/services/bundle/import-bundle.ts';
import { cachedResults } from '../../src/lib/server/services/cached-results.ts';
import { exportLayout, exportTable } from '../../src/lib/server/services/export-study.ts';
import { replaySitting } from '../../src/lib/server/services/people/replay-sitting.ts';
import { screenPeople } from '../../src/lib/server/services/people/screen-people.ts';
import { preregister, registrationState } from '../../src/lib/server/services/preregister.ts';
import { reportStudy } from '../../src/lib/server/services/report-study.ts';
import { findRun } from '../../src/lib/server/services/run/find-run.ts';
import { showTranscripts } from '../../src/lib/server/services/run/show-transcripts.ts';
import { splitStudy } from '../../src/lib/server/services/split-study.ts';
import { readZip } from '../fixtures/read-zip.ts';
import { satLab, type SatLab } from './sat-study.ts';
import { openTestLab } from './support.ts';
import { makeStudy } from './world.ts';

let lab: SatLab;
let test: SatLab['test'];
let study: studies.Study;
const folder = mkdtempSync(path.join(tmpdir(), 'limen-registration-'));
beforeAll(async () => {
  lab = await satLab({ dataset: 'pictures', count: 6, name: 'registered', people: 3 });
  ({ test, study } = lab);
});
afterAll(async () => {
  await lab.remove();
  rmSync(folder, { recursive: true });
});

const look = () => registrations.unblindingOf(test.lab.db, study.id);
const bytesOf = async (stream: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
};

describe('a pre-registration', () => {
  it('is refused with the choice that cannot be, and keeps nothing', async () => {
    await expect(preregister(test.lab, study, { replicates: 1 }, 'me')).rejects.toThrow(
      'the number of resamples has to be a whole number from 100 to 100000'
    );
    expect((await registrationState(test.lab, study)).registration).toBeNull();
  });

  it('is kept as text with its hash, and stands', async () => {
    // What holds nothing that people answered is no look.
    await exportTable(test.lab, study, 'design', 'csv');
    expect(await look()).toBeNull();
    const { sha256, text } = await preregister(test.lab, study, { people: 3, models: ['looker'] }, 'me');
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    expect(JSON.parse(text)).toMatchObject({ designHash: study.designHash, analysis: { people: 3 } });
    await expect(preregister(test.lab, study, {}, 'me')).rejects.toThrow('and that stands');
    await expect(
      test.lab.db.execute(sql`update preregistrations set sha256 = repeat('0', 64)`)
    ).rejects.toThrow();
    expect(await registrationState(test.lab, study)).toMatchObject({
      registration: { sha256, by: 'me', choices: { primaryFigure: 'srcc', people: 3 } },
      unblinded: null
    });
  });

  it('goes with the first look at results, which alone is kept, and not before', async () => {
    await cachedResults(test.lab, study);
    const first = await look();
    expect(first).toMatchObject({ what: 'results' });
    await exportTable(test.lab, study, 'responses', 'csv');
    expect(await look()).toEqual(first);
  });

  it('lists what was done after it', async () => {
    await test.lab.db.execute(
      sql`update sessions set state = 'withdrawn', withdrawn_at = now() where id =
        (select min(id) from sessions where study_id = ${study.id} and door = 'page')`
    );
    const { registration } = await registrationState(test.lab, study);
    expect(registration?.later.map(({ what }) => what.replace(/of .* was/, 'of … was'))).toEqual([
      'the sitting of … was withdrawn',
      // One place of each sitting is open.
      '0 people completed, 3 were registered'
    ]);
  });

  it('is in the Psych-DS export, in the bundle, and in the lab that takes the bundle', async () => {
    const { registration, unblinded } = await registrationState(test.lab, study);
    const psych = await readZip(await bytesOf((await exportLayout(test.lab, study, 'psych-ds')).stream));
    expect(psych.get('materials/preregistration.json')?.toString()).toBe(registration?.text);
    expect(psych.get('dataset_description.json')?.toString()).toContain(registration?.sha256);
    const file = path.join(folder, 'registered.zip');
    await writeFile(file, await bytesOf(await exportBundle(test.lab, study, { pictures: true })));
    const other = await openTestLab();
    try {
      await importBundle(other.lab, file, 'registered.zip');
      const there = (await studies.byName(other.lab.db, 'registered')) as studies.Study;
      const state = await registrationState(other.lab, there);
      expect(state.registration).toMatchObject({
        sha256: registration?.sha256,
        text: registration?.text,
        by: 'me',
        at: registration?.at
      });
      expect(state.unblinded).toEqual(unblinded);
    } finally {
      await other.remove();
    }
  });

  it('is none once somebody has looked; a study without answers can be looked at', async () => {
    const other = await makeStudy(test, 'pictures', 'unregistered', 'single-stimulus');
    await cachedResults(test.lab, other);
    expect(await registrations.unblindingOf(test.lab.db, other.id)).toBeNull();
    await registrations.insertUnblinding(test.lab.db, { studyId: other.id, what: 'results', by: null });
    await expect(preregister(test.lab, other, {}, 'me')).rejects.toThrow(
      /results of "unregistered" were looked at on .* is no pre-registration/
    );
  });
});

describe('a look', () => {
  const sessionOf = async ({ id }: studies.Study, door: string) => {
    const [row] = await rowsOf<{ id: number }>(
      test.lab.db,
      sql`select min(id) as id from sessions where study_id = ${id} and door = ${door}`
    );
    return Number(row?.id);
  };
  const looks: [string, (of: studies.Study) => Promise<unknown>][] = [
    ['results split', (of) => splitStudy(test.lab, of, 'repeat')],
    ['screening of people', (of) => screenPeople(test.lab, of)],
    ['replay of a sitting', async (of) => replaySitting(test.lab, of, await sessionOf(of, 'page'), 0)],
    [
      "transcripts beside people's answers",
      async (of) => {
        const run = await findRun(test.lab, String(await sessionOf(of, 'model')));
        return showTranscripts(test.lab, run, { outcome: null, position: null }, 0, 5);
      }
    ]
  ];
  it.each(looks)('is kept of %s', async (what, at) => {
    const other = await lab.sat(what.replaceAll(/[^a-z]/g, '-'), 2);
    expect(await registrations.unblindingOf(test.lab.db, other.id)).toBeNull();
    await at(other);
    expect((await registrations.unblindingOf(test.lab.db, other.id))?.what).toBe(what);
  });
});

describe('the report of a study', () => {
  it('is made from what the lab holds, with the registration and the run', async () => {
    const { sections, intervals } = await reportStudy(test.lab, study, await cachedResults(test.lab, study));
    expect(intervals).toBe(false);
    const text = JSON.stringify(sections);
    const { registration } = await registrationState(test.lab, study);
    expect(text).toContain(`pre-registered, hash ${registration?.sha256}`);
    expect(text).toContain(study.designHash);
    expect(text).toContain('was withdrawn');
    const models = sections.find(({ title }) => title === 'Models')?.tables[0];
    expect(models?.rows).toHaveLength(1);
    expect(models?.rows[0]?.[3]).toMatch(/ v\d+ \([0-9a-f]{8}\)/);
    expect(models?.rows[0]?.[4]).toContain(' ok');
    const device = sections.find(({ title }) => title === 'Device and viewing');
    expect(device?.facts.find(({ name }) => name === 'Device pixel ratio')?.text).toBe('2 (3)');
  });
});

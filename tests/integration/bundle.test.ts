import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOLS, type Protocol } from '../../src/lib/domain/study.ts';
import * as studies from '../../src/lib/server/db/studies.ts';
import { analyseAgreement } from '../../src/lib/server/services/analyse-agreement.ts';
import { analyseStudy } from '../../src/lib/server/services/analyse-study.ts';
import { figuresText } from '../../src/lib/server/services/bundle/bundle.ts';
import { exportBundle } from '../../src/lib/server/services/bundle/export-bundle.ts';
import { importBundle } from '../../src/lib/server/services/bundle/import-bundle.ts';
import { exportTable, TABLES } from '../../src/lib/server/services/export-study.ts';
import { invite } from '../../src/lib/server/services/invite.ts';
import { openSession } from '../../src/lib/server/services/sitting/open-session.ts';
import type { OpenLab } from '../../src/lib/server/lab.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { makeZip } from '../fixtures/made-zip.ts';
import { readZip } from '../fixtures/read-zip.ts';
import { satStudy } from './sat-study.ts';
import { openTestLab, type TestLab } from './support.ts';
import { makeDataset } from './world.ts';

// With TEST_DATABASE_URL the first lab is on PGlite and the second on PostgreSQL; without it both are on PGlite.
let from: TestLab;
let to: TestLab;
let endpoint: FakeOpenAi;
const files = new Map<Protocol, Buffer>();
const originals = new Map<Protocol, studies.Study>();

beforeAll(async () => {
  endpoint = await startFakeOpenAi({});
  from = await openTestLab({ embedded: true });
  to = await openTestLab();
  // So that ids differ between the two labs.
  await makeDataset(to, 'other', { count: 5 });
  await makeDataset(from, 'plain', { count: 8 });
  await makeDataset(from, 'with-references', { count: 12, references: 2 });
  for (const protocol of PROTOCOLS) {
    const study = await satStudy(from, {
      dataset: protocol === 'multiple-stimulus' ? 'with-references' : 'plain',
      name: protocol,
      protocol,
      people: 4,
      endpoint: endpoint.url
    });
    originals.set(protocol, study);
    const chunks: Uint8Array[] = [];
    for await (const chunk of await exportBundle(from.lab, study, { pictures: true })) chunks.push(chunk);
    files.set(protocol, Buffer.concat(chunks));
  }
});
afterAll(async () => {
  await from.remove();
  await to.remove();
  await endpoint.stop();
});

function fileOf(bytes: Uint8Array, name: string): string {
  const file = path.join(to.directory, name);
  writeFileSync(file, bytes);
  return file;
}

async function tableText(lab: OpenLab, study: studies.Study, what: (typeof TABLES)[number]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await exportTable(lab, study, what, 'jsonl')).stream) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString()
    .replaceAll(/"session":\d+/g, '')
    .split('\n')
    .sort()
    .join('\n');
}

describe('a bundle', () => {
  for (const protocol of PROTOCOLS) {
    it(`of ${protocol} gives the same figures to the last digit in another lab`, async () => {
      const original = originals.get(protocol) as studies.Study;
      const report = await importBundle(
        to.lab,
        fileOf(files.get(protocol) as Buffer, `${protocol}.zip`),
        'bundle.zip'
      );
      expect(report).toMatchObject({ study: protocol, sameFigures: true, firstDifference: null });
      expect(report.responses).toBeGreaterThan(0);
      expect(report.completions).toBeGreaterThan(0);
      const imported = (await studies.byName(to.lab.db, protocol)) as studies.Study;
      expect(imported.lockedAt?.toISOString()).toBe(original.lockedAt?.toISOString());
      expect(figuresText(await analyseStudy(to.lab, imported))).toBe(
        figuresText(await analyseStudy(from.lab, original))
      );
      for (const what of TABLES)
        expect(await tableText(to.lab, imported, what)).toBe(await tableText(from.lab, original, what));
    });
  }

  it('goes back again: out of the second lab into an empty one of the first kind, with the same figures', async () => {
    const back = await openTestLab({ embedded: true });
    try {
      for (const protocol of PROTOCOLS) {
        const there = (await studies.byName(to.lab.db, protocol)) as studies.Study;
        const chunks: Uint8Array[] = [];
        for await (const chunk of await exportBundle(to.lab, there, { pictures: true })) chunks.push(chunk);
        const file = fileOf(Buffer.concat(chunks), `${protocol}-back.zip`);
        expect(await importBundle(back.lab, file, 'back.zip')).toMatchObject({
          sameFigures: true,
          firstDifference: null
        });
        const again = (await studies.byName(back.lab.db, protocol)) as studies.Study;
        expect(figuresText(await analyseStudy(back.lab, again))).toBe(
          figuresText(await analyseStudy(from.lab, originals.get(protocol) as studies.Study))
        );
      }
    } finally {
      await back.remove();
    }
  });

  it('gives the same intervals, ceiling and rater equivalents too', async () => {
    const figures = async (lab: OpenLab) => {
      const study = (await studies.byName(lab.db, 'single-stimulus')) as studies.Study;
      return JSON.stringify(await analyseAgreement(lab, study, { replicates: 50, seed: 3 })).replaceAll(
        /"(sessionId|id)":\d+/g,
        ''
      );
    };
    expect(await figures(to.lab)).toBe(await figures(from.lab));
  });

  it('brings the pictures, by their hash', async () => {
    const study = (await studies.byName(to.lab.db, 'single-stimulus')) as studies.Study;
    for (const { sha256 } of await studies.stimuliIn(to.lab.db, study.id)) {
      const bytes = await to.lab.storage.get(sha256);
      expect(
        bytes && Buffer.from(bytes).equals(Buffer.from((await from.lab.storage.get(sha256)) as Uint8Array))
      ).toBe(true);
    }
  });

  it('leaves the lab able to take further people, whose names do not clash', async () => {
    for (let i = 0; i < 12; i++) {
      const [token] = await invite(to.lab, { study: 'single-stimulus', count: 1, kind: 'personal' });
      expect((await openSession(to.lab, token as string, { version: '1', device: null })).ok).toBe(true);
    }
  });

  it('is refused where it was changed, is not whole, or is there already; nothing is stored then', async () => {
    const bytes = files.get('single-stimulus') as Buffer;
    await expect(importBundle(to.lab, fileOf(bytes, 'again.zip'), 'again.zip')).rejects.toThrow(
      'exists already'
    );
    const entries = await readZip(bytes);
    const changed = (name: string, change: (text: string) => string) =>
      makeZip(
        [...entries].map(([entry, content]) => [
          entry,
          entry === name ? Buffer.from(change(content.toString())) : content
        ])
      );
    const study = (text: string) =>
      text
        .replace('"name":"single-stimulus"', '"name":"renamed"')
        .replace('"name": "single-stimulus"', '"name": "renamed"');
    const other = await readZip(changed('tables/study.jsonl', study) as Buffer);
    const withStudy = (name: string, change: (text: string) => string) =>
      makeZip(
        [...other].map(([entry, content]) => [
          entry,
          entry === name ? Buffer.from(change(content.toString())) : content
        ])
      );
    for (const [name, change, message] of [
      ['tables/votes.jsonl', (text: string) => text.replace('"session_id":', '"session_id":9'), 'not whole'],
      [
        'tables/trials.jsonl',
        (text: string) => text.replace(/"role":"test"/, '"role":"gold"'),
        'design hash'
      ],
      ['tables/votes.jsonl', (text: string) => `${text}{broken\n`, 'no JSON'],
      ['bundle.json', (text: string) => text.replace('bundle-1', 'bundle-9'), 'no bundle']
    ] as const) {
      const file = fileOf(withStudy(name, change), 'changed.zip');
      await expect(importBundle(to.lab, file, 'changed.zip')).rejects.toThrow(message);
      expect(await studies.byName(to.lab.db, 'renamed')).toBeNull();
    }
    const picture = [...entries.keys()].find((name) => name.startsWith('pictures/')) as string;
    await expect(
      importBundle(
        to.lab,
        fileOf(
          changed(picture, () => 'other'),
          'picture.zip'
        ),
        'picture.zip'
      )
    ).rejects.toThrow('was changed');
  });

  it('holds no key, cookie or link', async () => {
    for (const bytes of files.values()) {
      for (const [name, content] of await readZip(bytes)) {
        if (name.startsWith('pictures/')) continue;
        expect(content.toString()).not.toMatch(/token_hash|api_key|invitation_id|lease_/);
      }
    }
  });
});

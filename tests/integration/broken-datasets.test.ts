import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scenario } from '../../src/lib/domain/study.ts';
import * as datasets from '../../src/lib/server/db/datasets.ts';
import type { ImportReport } from '../../src/lib/server/services/import-dataset.ts';
import type { LayoutId } from '../../src/lib/server/services/import/layouts/layout.ts';
import { shellCommands } from '../../src/lib/server/services/shell/shell-commands.ts';
import {
  miniAgiqa,
  miniKadid,
  miniSpaq,
  miniSpcd,
  miniTqd,
  type SpaqRow
} from '../fixtures/published-datasets.ts';
import { openTestLab, type TestLab } from './support.ts';

/**
 * Each published layout, broken in one way at a time: what cannot be used is refused by name and place, whatever else
 * there is comes in whole, and an import that cannot be leaves nothing.
 */

interface Breakage {
  what: string;
  breakIt: (directory: string) => void | Promise<void>;
  /** Every refusal, as "file, line, column: reason" says it; or what the whole import is refused with. */
  says: RegExp;
  /** How many stimuli are judged afterwards; null where nothing is imported. */
  judged: number | null;
  /** Whether the picture itself is sound and comes in, with a warning, without the MOS of its refused row. */
  withoutMos?: boolean;
  /** How many refusals: one, but for what several rows need. */
  refusals?: number;
}

interface Broken {
  name: string;
  layout: LayoutId;
  scenario: Scenario;
  make: (directory: string) => Promise<void>;
  breakages: Breakage[];
}

const remove = (file: string) => (directory: string) => rmSync(path.join(directory, file));
const cut = (file: string, bytes: number) => (directory: string) => {
  const whole = path.join(directory, file);
  writeFileSync(whole, readFileSync(whole).subarray(0, bytes));
};
const edit = (file: string, from: string, to: string) => (directory: string) => {
  const whole = path.join(directory, file);
  const text = readFileSync(whole, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} holds no ${from}`);
  writeFileSync(whole, text.replace(from, to));
};

const kadid = (scenario: Scenario): Breakage[] => [
  {
    what: 'a picture is missing',
    breakIt: remove('images/I01_10_01.png'),
    says: /^dmos\.csv, line 4: there is no picture "I01_10_01\.png"$/,
    judged: 7
  },
  {
    what: 'a picture is cut off',
    breakIt: cut('images/I02_01_01.png', 200),
    says: /^images\/I02_01_01\.png: .*truncated/,
    judged: 7
  },
  {
    what: 'a MOS is no number',
    breakIt: edit('dmos.csv', 'I01_01_02.png,I01.png,2.57', 'I01_01_02.png,I01.png,good'),
    says: /^dmos\.csv, line 3: column "dmos": "good" is not a finite number$/,
    judged: scenario === 'full-reference' ? 7 : 8,
    withoutMos: scenario === 'no-reference'
  },
  {
    what: 'a MOS lies outside the scale',
    breakIt: edit('dmos.csv', 'I02_10_02.png,I02.png,2.57', 'I02_10_02.png,I02.png,25.7'),
    says: /^dmos\.csv, line 9: a MOS of 25\.7 lies outside the scale 1 to 5$/,
    judged: 7
  },
  {
    what: 'the column of MOS is missing',
    breakIt: edit('dmos.csv', 'dmos,var', 'opinion,var'),
    says: /dmos\.csv, line 1, column "dmos": .*header has "dist_img", "ref_img", "opinion", "var"/,
    judged: null
  }
];
const withoutReference: Breakage = {
  what: 'a reference is missing: all that was made from it',
  breakIt: remove('images/I02.png'),
  says: /^dmos\.csv, line [6-9]: the reference: there is no picture "I02\.png"$/,
  judged: 4,
  refusals: 4
};

const spaq = (kind: 'xlsx' | 'csv'): Broken => {
  const scores = `Annotations/MOS and Image attribute scores.${kind}`;
  const quoted = scores.replaceAll('.', '\\.');
  const again = (alter: (rows: SpaqRow[], header: string[]) => void) => async (directory: string) => {
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    await miniSpaq(directory, kind, alter);
  };
  return {
    name: `spaq-${kind}`,
    layout: 'spaq',
    scenario: 'no-reference',
    make: (directory) => miniSpaq(directory, kind),
    breakages: [
      {
        what: 'a photograph is missing',
        breakIt: remove('TestImage/00003.jpg'),
        says: new RegExp(`^${quoted}, line 4: there is no picture "00003\\.jpg"$`),
        judged: 3
      },
      {
        what: 'a photograph is cut off',
        breakIt: cut('TestImage/00002.jpg', 300),
        says: /^TestImage\/00002\.jpg: /,
        judged: 3
      },
      {
        what: 'a score is no number',
        breakIt: again((rows) => (rows[1] = ['00002.jpg', 'n/a', 52])),
        says: new RegExp(`^${quoted}, line 3: column "MOS": "n/a"`),
        judged: 4,
        withoutMos: true
      },
      {
        what: 'a photograph is scored twice',
        breakIt: again((rows) => rows.push(['00001.jpg', 50, 50])),
        says: new RegExp(`^${quoted}, line 6: column "Image name": "00001\\.jpg" stands on line 2 already$`),
        judged: 4
      },
      {
        what: 'the column of MOS is missing',
        breakIt: again((_, header) => (header[1] = 'Opinion')),
        says: new RegExp(`${quoted}, line 1, column "mos": no column for the MOS was recognised`),
        judged: null
      }
    ]
  };
};

const SETS: Broken[] = [
  {
    name: 'fr-kadid',
    layout: 'kadid10k',
    scenario: 'full-reference',
    make: miniKadid,
    breakages: [...kadid('full-reference'), withoutReference]
  },
  {
    name: 'aug-kadid',
    layout: 'aug-kadid',
    scenario: 'full-reference',
    make: miniKadid,
    breakages: [...kadid('full-reference'), withoutReference]
  },
  {
    name: 'nr-kadid',
    layout: 'kadid10k',
    scenario: 'no-reference',
    make: miniKadid,
    breakages: kadid('no-reference')
  },
  {
    name: 'tqd',
    layout: 'tqd',
    scenario: 'full-reference',
    make: miniTqd,
    breakages: [
      {
        what: 'a texture is missing',
        breakIt: remove('images/11-2.png'),
        says: /^TQD_mos\.txt, line 5: there is no picture "images\/11-2\.png"$/,
        judged: 5
      },
      {
        what: 'a texture is cut off',
        breakIt: cut('images/5-3.png', 90),
        says: /^images\/5-3\.png: .*truncated/,
        judged: 5
      },
      {
        what: 'a reference is missing',
        breakIt: remove('images/11-0.png'),
        says: /^TQD_mos\.txt, line [4-6]: the reference: there is no picture "images\/11-0\.png"$/,
        judged: 3,
        refusals: 3
      },
      {
        what: 'a line has a word too many',
        breakIt: edit('TQD_mos.txt', 'images/5-2.png\t0.6', 'images/5-2.png\t0.6\t0.1\t7'),
        says: /^TQD_mos\.txt, line 2: has 5 words/,
        judged: 5
      },
      {
        what: 'a MOS lies outside the scale',
        breakIt: edit('TQD_mos.txt', 'images/11-1.png\t0.5', 'images/11-1.png\t5'),
        says: /^TQD_mos\.txt, line 4: a MOS of 5 lies outside the scale 0 to 1$/,
        judged: 5
      }
    ]
  },
  {
    name: 'spcd',
    layout: 'spcd',
    scenario: 'full-reference',
    make: miniSpcd,
    breakages: [
      {
        what: 'a photograph is missing: all pairs with it',
        breakIt: remove('images/I0092_01_04.png'),
        says: /^SPCD_mos_std\.txt, line [35]: there is no picture "I0092_01_04\.png"$/,
        judged: 3,
        refusals: 2
      },
      {
        what: 'a pair is given twice, the other way round',
        breakIt: edit(
          'SPCD_mos_std.txt',
          'I0092_01_03.png I0092_01_04.png 21',
          'I0092_01_02.png I0092_01_01.png 21'
        ),
        says: /^SPCD_mos_std\.txt, line 5: .* stands on line 1 already$/,
        judged: 4
      },
      {
        what: 'a photograph is paired with itself',
        breakIt: edit(
          'SPCD_mos_std.txt',
          'I0092_01_02.png I0092_01_03.png',
          'I0092_01_03.png I0092_01_03.png'
        ),
        says: /^SPCD_mos_std\.txt, line 4: "I0092_01_03\.png" is its own reference$/,
        judged: 4
      },
      {
        what: 'a spread is negative',
        breakIt: edit('SPCD_mos_std.txt', '30.5 4', '30.5 -4'),
        says: /^SPCD_mos_std\.txt, line 3: column "std": a standard deviation of -4 is impossible$/,
        judged: 4
      },
      {
        what: 'a difference is no number',
        breakIt: edit('SPCD_mos_std.txt', '12.5 2.25', 'NaN 2.25'),
        says: /^SPCD_mos_std\.txt, line 1: .*"NaN"/,
        judged: 4
      }
    ]
  },
  spaq('xlsx'),
  spaq('csv'),
  {
    name: 'agiqa',
    layout: 'agiqa3k',
    scenario: 'no-reference',
    make: miniAgiqa,
    breakages: [
      {
        what: 'a picture is missing',
        breakIt: remove('images/midjourney_lowstep_001.jpg'),
        says: /^data\.csv, line 3: there is no picture "midjourney_lowstep_001\.jpg"$/,
        judged: 2
      },
      {
        what: 'a picture is something else',
        breakIt: (directory) =>
          writeFileSync(path.join(directory, 'images/sd1.5_highcorr_002.jpg'), 'a note, no picture'),
        says: /^images\/sd1\.5_highcorr_002\.jpg: /,
        judged: 2
      },
      {
        what: 'a row is too short',
        breakIt: edit('data.csv', ',1.9655,0.2233,1.5,0.4', ',1.9655'),
        says: /^data\.csv, line 3: column "std_quality": the row has 6 cells, the header 9$/,
        judged: 3,
        withoutMos: true
      },
      {
        what: 'a quotation does not end',
        breakIt: edit(
          'data.csv',
          'sd1.5_highcorr_002.jpg,"a fish, in a bowl"',
          'sd1.5_highcorr_002.jpg,"a fish'
        ),
        says: /data\.csv, line 4/,
        judged: null
      },
      {
        what: 'a spread is negative',
        breakIt: edit('data.csv', '0.9655,0.2233', '0.9655,-0.2233'),
        says: /^data\.csv, line 2: column "std_quality": a standard deviation of -0\.2233 is impossible$/,
        judged: 3,
        withoutMos: true
      }
    ]
  }
];

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

describe.each(SETS)('$name', ({ name, layout, scenario, make, breakages }) => {
  it.each(breakages)('$what', async ({ breakIt, says, judged, refusals = 1, withoutMos = false }) => {
    const directory = path.join(test.directory, 'broken');
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory);
    await make(directory);
    await breakIt(directory);
    const dataset = `${name}-${breakages.findIndex((one) => one.says === says)}`;
    const importing = shellCommands.import(
      test.lab,
      {
        directory,
        directoryLabel: 'broken',
        mosFile: null,
        mosLabel: null,
        columns: null,
        mosRange: null,
        scenario,
        layout: layout === 'aug-kadid' ? layout : null,
        seed: 1,
        ifMissing: false,
        name: dataset
      },
      () => {}
    ) as Promise<ImportReport & { layout: string }>;
    if (judged === null) {
      await expect(importing).rejects.toThrow(says);
      expect(await datasets.byName(test.lab.db, dataset)).toBeNull();
      return;
    }
    const report = await importing;
    expect(report.layout).toBe(layout);
    const refused = report.refused.map(
      ({ file, line, reason }) => `${file}${line === null ? '' : `, line ${line}`}: ${reason}`
    );
    expect(refused).toHaveLength(refusals);
    for (const refusal of refused) expect(refusal).toMatch(says);
    // What came in is whole: its picture is stored, its MOS known, its reference there.
    const { id } = (await datasets.byName(test.lab.db, dataset))!;
    const stimuli = await datasets.stimuliOf(test.lab.db, id);
    const kept = stimuli.filter((row) => row.kind === 'distorted');
    expect(kept).toHaveLength(judged);
    const unrated = kept.filter((row) => row.mos === null);
    expect(unrated).toHaveLength(withoutMos ? 1 : 0);
    for (const { name: picture } of unrated) {
      expect(report.warnings).toContain(`${picture}: no row gives its MOS; imported without one`);
    }
    for (const row of kept) {
      expect(row.referenceId === null).toBe(scenario === 'no-reference');
      expect(await test.lab.storage.get(row.imageSha256)).not.toBeNull();
    }
  });
});

it('a list that was mended gives what came in without its MOS its values, and changes nothing else', async () => {
  const directory = path.join(test.directory, 'mended');
  mkdirSync(directory);
  await miniAgiqa(directory);
  const whole = readFileSync(path.join(directory, 'data.csv'), 'utf8');
  edit('data.csv', '1.9655,0.2233', 'unknown,0.2233')(directory);
  const importing = (ifMissing: boolean) =>
    shellCommands.import(
      test.lab,
      {
        directory,
        directoryLabel: 'mended',
        mosFile: null,
        mosLabel: null,
        columns: null,
        mosRange: null,
        scenario: 'no-reference',
        layout: null,
        seed: 1,
        ifMissing,
        name: 'mended'
      },
      () => {}
    ) as Promise<ImportReport>;
  expect((await importing(false)).refused).toHaveLength(1);
  const values = async () => {
    const { id } = (await datasets.byName(test.lab.db, 'mended'))!;
    return (await datasets.stimuliOf(test.lab.db, id)).map(({ mos, sigma, distortion }) => [
      mos,
      sigma,
      distortion
    ]);
  };
  expect(await values()).toEqual([
    [0.9655, 0.2233, 'AttnGAN'],
    [null, null, null],
    [2.9655, 0.2233, 'sd1.5']
  ]);
  writeFileSync(path.join(directory, 'data.csv'), whole.replace('0.9655,', '4.5,'));
  const again = await importing(true);
  expect(again).toMatchObject({ imported: 0, alreadyThere: 3, refused: [] });
  expect(again.warnings).toEqual([
    'images/midjourney_lowstep_001.jpg: was there without its MOS, and has it now'
  ]);
  expect(await values()).toEqual([
    [0.9655, 0.2233, 'AttnGAN'],
    [1.9655, 0.2233, 'midjourney'],
    [2.9655, 0.2233, 'sd1.5']
  ]);
});

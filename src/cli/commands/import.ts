import { resolvePath } from '../arguments.ts';
import type { Command } from '../command.ts';
import { withLab } from '../lab-access.ts';
import { LAYOUT_CHOICES, type LayoutChoice } from '#lib/server/services/import/open-source.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';

interface Report {
  imported: number;
  alreadyThere: number;
  refused: { file: string; line: number | null; reason: string }[];
  warnings: string[];
  mosRange: { low: number; high: number } | null;
  metadata: { files: number; kinds: Record<string, number>; removed: boolean } | null;
}

export const importCommand: Command = {
  name: 'import',
  summary: 'take a folder of pictures and their MOS in as a dataset',
  usage: `limen import DIR --name N --scenario nr|fr [--mos FILE] [--columns stimulus=a,mos=b,sigma=c,reference=d]
  [--layout folder|kadid10k|aug-kadid|spaq|agiqa3k|tqd|spcd] [--mos-range LO,HI] [--seed 1]
  [--clean-metadata] [--if-missing] [--json]

Pictures: PNG, JPEG, WebP, BMP, found in DIR and the folders in it. MOS: a CSV or a "name mos std" list.
A published dataset in its authors' layout is recognised; --layout says which, aug-kadid transforms KADID's references.
Observers are never shown a file's EXIF, XMP, IPTC, comments or text; --clean-metadata does not keep them either: the
stored files are without them, pixels and colour profile to the byte, and the hash of each file as it came is recorded.
What is broken is refused with its reason, the rest is imported, and the command exits 1.`,
  positionals: ['DIR'],
  options: {
    name: { type: 'text' },
    scenario: { type: 'choice', of: ['nr', 'fr'] },
    mos: { type: 'text' },
    columns: { type: 'text' },
    layout: { type: 'choice', of: LAYOUT_CHOICES },
    seed: { type: 'integer', min: 0 },
    'mos-range': { type: 'text' },
    'clean-metadata': { type: 'flag' },
    'if-missing': { type: 'flag' },
    json: { type: 'flag' }
  },
  async run(args, terminal) {
    const directory = args.positionals[0] as string;
    const name = args.text('name');
    const scenario = args.text('scenario');
    if (name === undefined) throw new BadInput('limen import: --name is missing');
    if (scenario === undefined) throw new BadInput('limen import: --scenario nr or fr is missing');
    const mos = args.text('mos');
    const report = await withLab(terminal, async (lab) => {
      return (await lab.call('import', {
        directory: resolvePath(directory),
        directoryLabel: directory,
        mosFile: mos === undefined ? null : resolvePath(mos),
        mosLabel: mos ?? null,
        columns: args.text('columns') ?? null,
        mosRange: parseRange(args.text('mos-range')),
        name,
        scenario: scenario === 'fr' ? 'full-reference' : 'no-reference',
        layout: (args.text('layout') as LayoutChoice | undefined) ?? null,
        seed: args.number('seed') ?? 1,
        cleanMetadata: args.flag('clean-metadata'),
        ifMissing: args.flag('if-missing')
      })) as Report;
    });
    if (args.flag('json')) {
      const { imported, alreadyThere, refused, warnings, mosRange, metadata } = report;
      terminal.out(
        `${JSON.stringify({ dataset: name, imported, alreadyThere, refused, warnings, mosRange, metadata })}\n`
      );
    } else {
      const scale =
        report.mosRange === null ? '' : `, MOS on ${report.mosRange.low} to ${report.mosRange.high}`;
      terminal.out(
        `${name}: ${report.imported} imported, ${report.alreadyThere} already there, ${report.refused.length} refused${scale}\n`
      );
      for (const { file, line, reason } of report.refused) {
        const place = reason.startsWith(file) ? '' : `${file}${line === null ? '' : `, line ${line}`}: `;
        terminal.out(`  refused  ${place}${reason}\n`);
      }
      for (const warning of report.warnings.slice(0, 50)) terminal.note(`  warning  ${warning}`);
      if (report.warnings.length > 50) terminal.note(`  … and ${report.warnings.length - 50} more warnings`);
    }
    return report.refused.length > 0 ? 1 : 0;
  }
};

function parseRange(text: string | undefined): { low: number; high: number } | null {
  if (text === undefined) return null;
  const match = /^\s*([+-]?\d*\.?\d+)\s*,\s*([+-]?\d*\.?\d+)\s*$/.exec(text);
  const low = Number(match?.[1]);
  const high = Number(match?.[2]);
  if (!match || !(low < high)) {
    throw new BadInput(
      `limen import: --mos-range is LO,HI with LO below HI, such as 1,5, not ${JSON.stringify(text)}`
    );
  }
  return { low, high };
}

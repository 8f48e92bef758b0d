import { createHash } from 'node:crypto';
import { parseWithinLimits } from '#lib/server/images/probe.ts';

/** What pictures of one import carry that could tell where they come from. */
export interface MetadataReport {
  /** How many pictures. */
  files: number;
  /** How many carry each kind: EXIF, XMP, IPTC, PNG text, JPEG comment … A picture can carry several. */
  kinds: Record<string, number>;
  /** Whether the pictures were stored without it. */
  removed: boolean;
}

/** Counts what an import meets, so that ten thousand pictures with EXIF are one warning. */
export class MetadataTally {
  readonly #removed: boolean;
  readonly #kinds = new Map<string, number>();
  #files = 0;
  #example = '';

  constructor(removed: boolean) {
    this.#removed = removed;
  }

  note(file: string, kinds: readonly string[]): void {
    if (kinds.length === 0) return;
    if (this.#files++ === 0) this.#example = file;
    for (const kind of kinds) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  get report(): MetadataReport | null {
    if (this.#files === 0) return null;
    const kinds = [...this.#kinds].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return { files: this.#files, kinds: Object.fromEntries(kinds), removed: this.#removed };
  }

  /** One sentence for all of them; null where there are none. */
  get warning(): string | null {
    const { report } = this;
    if (report === null) return null;
    const kinds = Object.entries(report.kinds).map(([kind, files]) => `${kind} in ${files}`);
    const one = report.files === 1;
    const what =
      `${report.files} ${one ? 'picture' : 'pictures'} came with metadata that could tell where ` +
      `${one ? 'it comes' : 'they come'} from (${kinds.join(', ')}), such as ${this.#example}: `;
    return (
      what +
      (report.removed
        ? 'stored without it, every pixel as it was; the hash of each file as it came is recorded'
        : 'people and models are shown the same pixels without it, and the files are kept as they came, also in ' +
          'bundles; an import that cleans metadata stores them without it')
    );
  }
}

export type CleanCopy =
  | { state: 'clean'; bytes: Uint8Array; sha256: string; telling: string[] }
  /** There is nothing to cut, or the file is none that is taken, which is said elsewhere. */
  | { state: 'as-it-is' }
  /** What was left is not the same picture: such a file is refused. */
  | { state: 'failed' };

/**
 * The file without what could tell where it comes from: whole segments are left out, the compressed pixels are copied
 * byte for byte, and what changes how they are painted (profile, gamma, a note to turn the picture) stays. Each copy is
 * read again and held against its file before it counts.
 */
export function cleanCopy(bytes: Uint8Array): CleanCopy {
  const parsed = parseWithinLimits(bytes);
  if (!parsed.ok || parsed.container.facts.telling.length === 0) return { state: 'as-it-is' };
  const { facts } = parsed.container;
  const clean = parsed.container.withoutTelling();
  const again = parseWithinLimits(clean);
  // A note that says "as it is" is cut with the rest.
  const turned = facts.orientation === 1 ? null : facts.orientation;
  if (
    !again.ok ||
    again.container.facts.telling.length > 0 ||
    again.container.facts.orientation !== turned ||
    !Buffer.from(again.container.pixelsOnly()).equals(parsed.container.pixelsOnly())
  ) {
    return { state: 'failed' };
  }
  const sha256 = createHash('sha256').update(clean).digest('hex');
  return { state: 'clean', bytes: clean, sha256, telling: facts.telling };
}

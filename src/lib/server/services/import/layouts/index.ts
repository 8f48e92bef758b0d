import type { Scenario } from '#lib/domain/study.ts';
import type { SourceFile } from '#lib/server/storage/image-source.ts';
import { agiqa3k } from './agiqa3k.ts';
import { augKadid, kadid10k } from './kadid10k.ts';
import type { LayoutId, PublishedLayout } from './layout.ts';
import { spaq } from './spaq.ts';
import { spcd } from './spcd.ts';
import { tqd } from './tqd.ts';

/** The published datasets whose own layout an import understands. */
export const layouts: Readonly<Record<LayoutId, PublishedLayout>> = {
  kadid10k,
  'aug-kadid': augKadid,
  tqd,
  spcd,
  spaq,
  agiqa3k
};

export interface Recognised {
  layout: LayoutId;
  title: string;
  scenarios: readonly Scenario[];
  /** Parts of the published dataset that are not among the files; what they are needed for. */
  missing: string[];
}

/** Which published dataset these files look like; null for none of them. */
export function recogniseLayout(files: readonly SourceFile[]): Recognised | null {
  for (const { id, title, scenarios, recognise } of Object.values(layouts)) {
    const found = recognise(files);
    if (found !== null) return { layout: id, title, scenarios, missing: found.missing };
  }
  return null;
}

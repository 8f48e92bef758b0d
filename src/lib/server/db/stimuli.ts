import { sql } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import type { StimulusCard } from './datasets.ts';

export interface StimulusDetail extends StimulusCard {
  nRatings: number | null;
  referenceName: string | null;
  shownSha256: string | null;
  cleanedFrom: string | null;
}

/** One stimulus by its name in a dataset, with its picture's facts and its reference. */
export async function byName(db: Db, datasetId: number, name: string): Promise<StimulusDetail | null> {
  const rows = await rowsOf<StimulusDetail>(
    db,
    sql`select s.id, s.name, s.kind, s.image_sha256 as sha256, s.reference_id as "referenceId",
      r.image_sha256 as "referenceSha256", r.name as "referenceName", s.mos, s.sigma,
      s.n_ratings as "nRatings", s.distortion, s.level, s.content,
      i.width_px as "widthPx", i.height_px as "heightPx", i.byte_length as "byteLength",
      i.media_type as "mediaType", i.telling, i.shown_why as "shownWhy", i.shown_sha256 as "shownSha256",
      s.cleaned_from as "cleanedFrom"
      from stimuli s join images i on i.sha256 = s.image_sha256
      left join stimuli r on r.id = s.reference_id
      where s.dataset_id = ${datasetId} and s.name = ${name}`
  );
  return rows[0] ?? null;
}

/** Stimuli in the order that they came in, after an id: what comes in meanwhile moves nothing. */
export async function after(
  db: Db,
  datasetId: number,
  afterId: number,
  limit: number
): Promise<Omit<StimulusDetail, 'referenceSha256' | 'shownSha256' | 'shownWhy' | 'telling'>[]> {
  return rowsOf(
    db,
    sql`select s.id, s.name, s.kind, s.image_sha256 as sha256, s.reference_id as "referenceId",
      r.name as "referenceName", s.mos, s.sigma, s.n_ratings as "nRatings", s.distortion, s.level, s.content,
      i.width_px as "widthPx", i.height_px as "heightPx", i.byte_length as "byteLength", i.media_type as "mediaType"
      from stimuli s join images i on i.sha256 = s.image_sha256 left join stimuli r on r.id = s.reference_id
      where s.dataset_id = ${datasetId} and s.id > ${afterId} order by s.id limit ${limit}`
  );
}

/** The names before and after one, of the same kind. */
export async function neighbours(
  db: Db,
  datasetId: number,
  kind: string,
  name: string
): Promise<{ before: string | null; after: string | null }> {
  const one = (comparison: ReturnType<typeof sql>) =>
    rowsOf<{ name: string }>(
      db,
      sql`select name from stimuli where dataset_id = ${datasetId} and kind = ${kind} and name ${comparison} limit 1`
    );
  const [before] = await one(sql`< ${name} order by name desc`);
  const [after] = await one(sql`> ${name} order by name asc`);
  return { before: before?.name ?? null, after: after?.name ?? null };
}

/** MOS and σ of every judged stimulus that has a MOS. */
export async function opinions(db: Db, datasetId: number): Promise<{ mos: number; sigma: number | null }[]> {
  return rowsOf(
    db,
    sql`select mos, sigma from stimuli where dataset_id = ${datasetId} and kind = 'distorted' and mos is not null`
  );
}

export interface DatasetContents {
  references: number;
  distorted: number;
  withMos: number;
  withSigma: number;
  /** Of the pictures, in pixels. */
  widths: [number, number] | null;
  heights: [number, number] | null;
  bytes: number;
  mediaTypes: { mediaType: string; pictures: number }[];
  /** Files that carry metadata which could tell a rater something. */
  telling: number;
  /** What is shown differs from the file, by reason. */
  shownOtherwise: { why: string; pictures: number }[];
  distortions: string[];
  levels: number[];
  /** The scenes, where the dataset names them. */
  contents: string[];
}

/** What a dataset holds, in figures. */
export async function contents(db: Db, datasetId: number): Promise<DatasetContents> {
  const [row] = await rowsOf<Record<string, string | number | null>>(
    db,
    sql`select count(*) filter (where s.kind = 'reference') as refs,
      count(*) filter (where s.kind = 'distorted') as dist,
      count(s.mos) as mos, count(s.sigma) as sigma,
      min(i.width_px) as w0, max(i.width_px) as w1, min(i.height_px) as h0, max(i.height_px) as h1,
      coalesce(sum(i.byte_length), 0) as bytes,
      count(*) filter (where cardinality(i.telling) > 0) as telling
      from stimuli s join images i on i.sha256 = s.image_sha256 where s.dataset_id = ${datasetId}`
  );
  const grouped = (column: ReturnType<typeof sql>) =>
    rowsOf<{ what: string; n: string }>(
      db,
      sql`select ${column} as what, count(*) as n
        from stimuli s join images i on i.sha256 = s.image_sha256
        where s.dataset_id = ${datasetId} and ${column} is not null group by 1 order by 2 desc, 1`
    );
  const types = await grouped(sql`i.media_type`);
  const shown = await grouped(sql`i.shown_why`);
  const distortions = await rowsOf<{ what: string }>(
    db,
    sql`select distinct distortion as what from stimuli
      where dataset_id = ${datasetId} and distortion is not null order by 1`
  );
  const levels = await rowsOf<{ what: number }>(
    db,
    sql`select distinct level as what from stimuli
      where dataset_id = ${datasetId} and level is not null order by 1`
  );
  const scenes = await rowsOf<{ what: string }>(
    db,
    sql`select distinct content as what from stimuli
      where dataset_id = ${datasetId} and content is not null order by 1`
  );
  const span = (low: unknown, high: unknown): [number, number] | null =>
    low === null || low === undefined ? null : [Number(low), Number(high)];
  return {
    references: Number(row?.['refs'] ?? 0),
    distorted: Number(row?.['dist'] ?? 0),
    withMos: Number(row?.['mos'] ?? 0),
    withSigma: Number(row?.['sigma'] ?? 0),
    widths: span(row?.['w0'], row?.['w1']),
    heights: span(row?.['h0'], row?.['h1']),
    bytes: Number(row?.['bytes'] ?? 0),
    mediaTypes: types.map(({ what, n }) => ({ mediaType: what, pictures: Number(n) })),
    telling: Number(row?.['telling'] ?? 0),
    shownOtherwise: shown.map(({ what, n }) => ({ why: what, pictures: Number(n) })),
    distortions: distortions.map(({ what }) => what),
    levels: levels.map(({ what }) => what),
    contents: scenes.map(({ what }) => what)
  };
}

import { and, asc, count, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { rowsOf, type Db } from './client.ts';
import { datasets, downsizedImages, images, stimuli, subsetMembers, subsets } from './schema/index.ts';

export type Dataset = typeof datasets.$inferSelect;
export type NewDataset = typeof datasets.$inferInsert;
export type Image = typeof images.$inferSelect;
export type NewImage = typeof images.$inferInsert;
export type StimulusRow = typeof stimuli.$inferSelect;
export type NewStimulus = typeof stimuli.$inferInsert;
export type Subset = typeof subsets.$inferSelect;

export async function byName(db: Db, name: string): Promise<Dataset | null> {
  return (await db.select().from(datasets).where(eq(datasets.name, name)))[0] ?? null;
}

export async function byId(db: Db, id: number): Promise<Dataset | null> {
  return (await db.select().from(datasets).where(eq(datasets.id, id)))[0] ?? null;
}

/** @returns null when the name is taken. */
export async function create(db: Db, row: NewDataset): Promise<Dataset | null> {
  return (await db.insert(datasets).values(row).onConflictDoNothing().returning())[0] ?? null;
}

export async function update(
  db: Db,
  id: number,
  change: Partial<Pick<NewDataset, 'state' | 'mosLow' | 'mosHigh' | 'licence' | 'attribute' | 'source'>>
): Promise<void> {
  await db.update(datasets).set(change).where(eq(datasets.id, id));
}

export interface DatasetSummary extends Dataset {
  references: number;
  distorted: number;
  withMos: number;
  studies: number;
}

/** Every dataset with its counts, newest first. */
export async function list(db: Db): Promise<DatasetSummary[]> {
  const rows = await rowsOf<{ id: number; refs: string; dist: string; withmos: string; studies: string }>(
    db,
    sql`select d.id,
      (select count(*) from stimuli s where s.dataset_id = d.id and s.kind = 'reference') as refs,
      (select count(*) from stimuli s where s.dataset_id = d.id and s.kind = 'distorted') as dist,
      (select count(*) from stimuli s where s.dataset_id = d.id and s.mos is not null) as withmos,
      (select count(*) from studies t where t.dataset_id = d.id) as studies
      from datasets d`
  );
  const counts = new Map(rows.map((row) => [row.id, row]));
  const all = await db
    .select()
    .from(datasets)
    .orderBy(sql`${datasets.id} desc`);
  return all.map((dataset) => {
    const of = counts.get(dataset.id);
    return {
      ...dataset,
      references: Number(of?.refs ?? 0),
      distorted: Number(of?.dist ?? 0),
      withMos: Number(of?.withmos ?? 0),
      studies: Number(of?.studies ?? 0)
    };
  });
}

/**
 * Removes a dataset, its stimuli and its subsets, unless a study uses it. Stored bytes stay: other datasets may
 * hold the same ones.
 * @returns false where a study uses it.
 */
export async function remove(db: Db, id: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    // Held for the transaction: a study that is being planned on it waits, and then finds it gone.
    await rowsOf(tx, sql`select id from datasets where id = ${id} for update`);
    const used = await rowsOf(tx, sql`select 1 from studies where dataset_id = ${id} limit 1`);
    if (used.length > 0) return false;
    await tx.delete(subsetMembers).where(eq(subsetMembers.datasetId, id));
    await tx.delete(subsets).where(eq(subsets.datasetId, id));
    await tx.delete(stimuli).where(eq(stimuli.datasetId, id));
    await tx.delete(datasets).where(eq(datasets.id, id));
    return true;
  });
}

export async function insertImages(db: Db, rows: NewImage[]): Promise<void> {
  if (rows.length > 0) await db.insert(images).values(rows).onConflictDoNothing();
}

export async function insertStimuli(db: Db, rows: NewStimulus[]): Promise<{ id: number; name: string }[]> {
  if (rows.length === 0) return [];
  return db
    .insert(stimuli)
    .values(rows)
    .onConflictDoNothing()
    .returning({ id: stimuli.id, name: stimuli.name });
}

export interface KnownStimulus {
  id: number;
  sha256: string;
  /** The hash of the file as it came, where it was stored without its metadata. */
  cleanedFrom: string | null;
  kind: string;
  hasMos: boolean;
}

/** Human values for a stimulus that came in without them. */
export async function fillIn(
  db: Db,
  id: number,
  values: Pick<NewStimulus, 'mos' | 'sigma' | 'nRatings' | 'distortion' | 'level' | 'content'>
): Promise<void> {
  await db
    .update(stimuli)
    .set(values)
    .where(and(eq(stimuli.id, id), isNull(stimuli.mos)));
}

/** What an import must know of each stimulus that is already there. */
export async function namesIn(db: Db, datasetId: number): Promise<Map<string, KnownStimulus>> {
  const rows = await db
    .select({
      id: stimuli.id,
      name: stimuli.name,
      sha256: stimuli.imageSha256,
      cleanedFrom: stimuli.cleanedFrom,
      kind: stimuli.kind,
      hasMos: sql<boolean>`${stimuli.mos} is not null`
    })
    .from(stimuli)
    .where(eq(stimuli.datasetId, datasetId));
  return new Map(rows.map(({ name, ...rest }) => [name, rest]));
}

/** Changes whenever a stimulus comes in or a human value is filled in: neither ever changes otherwise. */
export async function valuesState(db: Db, datasetId: number): Promise<string> {
  const [row] = await rowsOf<{ state: string }>(
    db,
    sql`select concat_ws(' ', count(*), max(id), count(mos), count(sigma), sum(mos)) as state
      from stimuli where dataset_id = ${datasetId}`
  );
  return row?.state ?? '';
}

/** All stimuli of a dataset, references first, then by name. */
export async function stimuliOf(db: Db, datasetId: number): Promise<StimulusRow[]> {
  return db
    .select()
    .from(stimuli)
    .where(eq(stimuli.datasetId, datasetId))
    .orderBy(sql`${stimuli.kind} desc`, asc(stimuli.name));
}

export interface StimulusFilter {
  kind?: 'reference' | 'distorted';
  distortion?: string;
  level?: number;
  mosFrom?: number;
  mosTo?: number;
  sigmaFrom?: number;
  sigmaTo?: number;
  /** The scene that a picture shows, as its dataset names it. */
  content?: string;
  /** Part of a name, in whatever case. */
  text?: string;
  subsetId?: number;
  /** Made from this reference. */
  referenceId?: number;
}

const SORTS = {
  name: sql`s.name asc`,
  'mos-up': sql`s.mos asc nulls last, s.name`,
  'mos-down': sql`s.mos desc nulls last, s.name`,
  'sigma-up': sql`s.sigma asc nulls last, s.name`,
  'sigma-down': sql`s.sigma desc nulls last, s.name`,
  distortion: sql`s.distortion asc nulls last, s.level asc nulls last, s.name`,
  content: sql`s.content asc nulls last, s.name`
} as const;
/** By `rank`: in the subset's own order; without a subset by name. */
export type StimulusSort = keyof typeof SORTS | 'rank';
export const STIMULUS_SORTS: readonly StimulusSort[] = [
  ...(Object.keys(SORTS) as (keyof typeof SORTS)[]),
  'rank'
];

export interface StimulusCard {
  id: number;
  name: string;
  kind: string;
  sha256: string;
  referenceId: number | null;
  referenceSha256: string | null;
  mos: number | null;
  sigma: number | null;
  distortion: string | null;
  level: number | null;
  content: string | null;
  widthPx: number;
  heightPx: number;
  byteLength: number;
  mediaType: string;
  telling: string[];
  shownWhy: string | null;
}

/** One page of a dataset's stimuli, filtered and sorted on the server. */
export async function page(
  db: Db,
  datasetId: number,
  filter: StimulusFilter,
  sort: StimulusSort,
  offset: number,
  limit: number
): Promise<{ total: number; stimuli: StimulusCard[] }> {
  const where = matching(datasetId, filter);
  const [counted] = await rowsOf<{ n: string }>(db, sql`select count(*) as n from stimuli s where ${where}`);
  const rows = await rowsOf<StimulusCard>(
    db,
    sql`select s.id, s.name, s.kind, s.image_sha256 as sha256, s.reference_id as "referenceId",
      r.image_sha256 as "referenceSha256", s.mos, s.sigma, s.distortion, s.level, s.content,
      i.width_px as "widthPx", i.height_px as "heightPx", i.byte_length as "byteLength",
      i.media_type as "mediaType", i.telling, i.shown_why as "shownWhy"
      from stimuli s join images i on i.sha256 = s.image_sha256
      left join stimuli r on r.id = s.reference_id
      where ${where} order by ${orderBy(sort, filter)} offset ${offset} limit ${limit}`
  );
  return { total: Number(counted?.n ?? 0), stimuli: rows };
}

function orderBy(sort: StimulusSort, { subsetId }: StimulusFilter): SQL {
  if (sort !== 'rank') return SORTS[sort];
  if (subsetId === undefined) return SORTS.name;
  return sql`(select m.rank from subset_members m where m.subset_id = ${subsetId} and m.stimulus_id = s.id)`;
}

/** The names that a filter leaves, by name. */
export async function namesMatching(db: Db, datasetId: number, filter: StimulusFilter): Promise<string[]> {
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`select s.name from stimuli s where ${matching(datasetId, filter)} order by s.name`
  );
  return rows.map((row) => row.name);
}

function matching(datasetId: number, filter: StimulusFilter): SQL {
  const when = (value: unknown, condition: SQL) => (value === undefined ? sql`` : condition);
  return sql`s.dataset_id = ${datasetId}
    ${when(filter.kind, sql`and s.kind = ${filter.kind}`)}
    ${when(filter.distortion, sql`and s.distortion = ${filter.distortion}`)}
    ${when(filter.referenceId, sql`and s.reference_id = ${filter.referenceId}`)}
    ${when(filter.level, sql`and s.level = ${filter.level}`)}
    ${when(filter.mosFrom, sql`and s.mos >= ${filter.mosFrom}`)}
    ${when(filter.mosTo, sql`and s.mos <= ${filter.mosTo}`)}
    ${when(filter.sigmaFrom, sql`and s.sigma >= ${filter.sigmaFrom}`)}
    ${when(filter.sigmaTo, sql`and s.sigma <= ${filter.sigmaTo}`)}
    ${when(filter.content, sql`and s.content = ${filter.content}`)}
    ${when(filter.text, sql`and strpos(lower(s.name), lower(${filter.text})) > 0`)}
    ${when(
      filter.subsetId,
      sql`and exists (select 1 from subset_members m where m.subset_id = ${filter.subsetId} and m.stimulus_id = s.id)`
    )}`;
}

export async function image(db: Db, sha256: string): Promise<Image | null> {
  return (await db.select().from(images).where(eq(images.sha256, sha256)))[0] ?? null;
}

/**
 * A picture that is about to be some stimulus's: no sweep of unused ones takes it from now on. null where it is not known,
 * or not any more.
 */
export async function claimImage(db: Db, sha256: string): Promise<Image | null> {
  const [row] = await db
    .update(images)
    .set({ createdAt: sql`now()` })
    .where(eq(images.sha256, sha256))
    .returning();
  return row ?? null;
}

/** The media type of bytes that were shown under this hash: a stand-in with an image's pixels, or a smaller copy. */
export async function derivedImage(db: Db, sha256: string): Promise<string | null> {
  const rows = await rowsOf<{ mediaType: string }>(
    db,
    sql`select media_type as "mediaType" from downsized_images where sha256 = ${sha256}
      union all select shown_media_type from images where shown_sha256 = ${sha256} limit 1`
  );
  return rows[0]?.mediaType ?? null;
}

export async function imagesBy(db: Db, sha256s: string[]): Promise<Map<string, Image>> {
  const found = new Map<string, Image>();
  for (let i = 0; i < sha256s.length; i += 1000) {
    const rows = await db
      .select()
      .from(images)
      .where(inArray(images.sha256, sha256s.slice(i, i + 1000)));
    for (const row of rows) found.set(row.sha256, row);
  }
  return found;
}

/** What is shown of stimuli: the stored bytes, or their stand-in with the same pixels. At most some thousands at a time. */
export async function shownImages(
  db: Db,
  stimulusIds: readonly number[]
): Promise<
  {
    stimulusId: number;
    source: string;
    sha256: string;
    mediaType: string;
    widthPx: number;
    heightPx: number;
  }[]
> {
  return db
    .select({
      stimulusId: stimuli.id,
      source: images.sha256,
      sha256: sql<string>`coalesce(${images.shownSha256}, ${images.sha256})`,
      mediaType: sql<string>`coalesce(${images.shownMediaType}, ${images.mediaType})`,
      widthPx: images.widthPx,
      heightPx: images.heightPx
    })
    .from(stimuli)
    .innerJoin(images, eq(images.sha256, stimuli.imageSha256))
    .where(inArray(stimuli.id, [...stimulusIds]));
}

export type DownsizedImage = typeof downsizedImages.$inferSelect;

export async function downsizedImage(
  db: Db,
  sourceSha256: string,
  maxSidePx: number
): Promise<DownsizedImage | null> {
  const rows = await db
    .select()
    .from(downsizedImages)
    .where(and(eq(downsizedImages.sourceSha256, sourceSha256), eq(downsizedImages.maxSidePx, maxSidePx)));
  return rows[0] ?? null;
}

/** Kept once: whoever made it first decides, and everybody is given that one. */
export async function keepDownsizedImage(
  db: Db,
  row: typeof downsizedImages.$inferInsert
): Promise<DownsizedImage> {
  await db.insert(downsizedImages).values(row).onConflictDoNothing();
  return (await downsizedImage(db, row.sourceSha256, row.maxSidePx)) as DownsizedImage;
}

export async function subsetByName(db: Db, datasetId: number, name: string): Promise<Subset | null> {
  const rows = await db
    .select()
    .from(subsets)
    .where(and(eq(subsets.datasetId, datasetId), eq(subsets.name, name)));
  return rows[0] ?? null;
}

export async function subsetsOf(db: Db, datasetId: number): Promise<(Subset & { size: number })[]> {
  const rows = await db
    .select({ subset: subsets, size: count(subsetMembers.stimulusId) })
    .from(subsets)
    .leftJoin(subsetMembers, eq(subsetMembers.subsetId, subsets.id))
    .where(eq(subsets.datasetId, datasetId))
    .groupBy(subsets.id)
    .orderBy(asc(subsets.id));
  return rows.map(({ subset, size }) => ({ ...subset, size }));
}

export async function createSubset(
  db: Db,
  row: { datasetId: number; name: string; method: string; parameters: unknown },
  stimulusIds: number[]
): Promise<Subset | null> {
  return db.transaction(async (tx) => {
    const [subset] = await tx.insert(subsets).values(row).onConflictDoNothing().returning();
    if (!subset) return null;
    for (let i = 0; i < stimulusIds.length; i += 5000) {
      await tx.insert(subsetMembers).values(
        stimulusIds.slice(i, i + 5000).map((stimulusId, offset) => ({
          subsetId: subset.id,
          datasetId: row.datasetId,
          rank: i + offset + 1,
          stimulusId
        }))
      );
    }
    return subset;
  });
}

/** The stimuli of a subset in its own order. */
export async function stimuliOfSubset(db: Db, subsetId: number): Promise<StimulusRow[]> {
  const rows = await db
    .select({ stimulus: stimuli })
    .from(subsetMembers)
    .innerJoin(stimuli, eq(stimuli.id, subsetMembers.stimulusId))
    .where(eq(subsetMembers.subsetId, subsetId))
    .orderBy(asc(subsetMembers.rank));
  return rows.map((row) => row.stimulus);
}

/** The median σ of a dataset's opinions on a scale of 0 to 100; null where no σ, or no scale, is known. */
export async function typicalSigma(db: Db, datasetId: number): Promise<number | null> {
  const [row] = await rowsOf<{ sigma: number | null }>(
    db,
    sql`select percentile_cont(0.5) within group (order by s.sigma) * 100 / (d.mos_high - d.mos_low) as sigma
      from stimuli s join datasets d on d.id = s.dataset_id
      where d.id = ${datasetId} and s.sigma is not null and d.mos_high is not null group by d.mos_high, d.mos_low`
  );
  return row?.sigma == null || !(Number(row.sigma) > 0) ? null : Number(row.sigma);
}

import type { ReadableStream } from 'node:stream/web';
import { PARSER_VERSION } from '#lib/domain/judgments/parse.ts';
import * as bundles from '#lib/server/db/bundles.ts';
import * as registrations from '#lib/server/db/registrations.ts';
import type * as studies from '#lib/server/db/studies.ts';
import { encoded } from '#lib/server/tables/write-stream.ts';
import { zipStream, type ZipEntry } from '#lib/server/tables/write-zip.ts';
import { cachedResults } from '../cached-results.ts';
import type { Lab } from '../lab.ts';
import { keepLook } from '../preregister.ts';
import { projectVersion } from '../project-file.ts';
import { writeDesign } from '../write-design.ts';
import {
  BUNDLE_FORMAT,
  figuresText,
  HEAD_FILES,
  REGISTERED_FILE,
  REGISTRATION_FILE,
  type BundleManifest,
  type Registered
} from './bundle.ts';

const SLICE = 1000;

/**
 * A study whole: design, seeds, versions, stimuli by their hashes, every vote as it was given, every raw completion, the
 * figures that follow, and the commands that get them again. With `pictures` also the stimuli's files. Withdrawn sittings
 * and keys are not in it; users and passwords in an endpoint's address neither.
 */
export async function exportBundle(
  lab: Pick<Lab, 'db' | 'storage'>,
  study: studies.Study,
  options: { pictures: boolean }
): Promise<ReadableStream<Uint8Array>> {
  await keepLook(lab, study, 'bundle');
  const figures = figuresText(await cachedResults(lab, study));
  return zipStream(entries(lab, study, options.pictures, figures));
}

async function* entries(
  lab: Pick<Lab, 'db' | 'storage'>,
  study: studies.Study,
  pictures: boolean,
  figures: string
): AsyncGenerator<ZipEntry> {
  const head = await bundles.head(lab.db, study.id);
  for (const run of head.runs) run['base_url'] = withoutSecrets(run['base_url']);
  const manifest: BundleManifest = {
    format: BUNDLE_FORMAT,
    study: study.name,
    version: study.version,
    designHash: study.designHash,
    dataset: String(head.dataset['name']),
    seed: study.seed,
    versions: { limen: projectVersion(), node: process.versions.node, parser: PARSER_VERSION },
    pictures
  };
  yield { name: 'bundle.json', input: `${JSON.stringify(manifest, null, 2)}\n` };
  yield { name: 'README.md', input: readme(manifest) };
  yield { name: 'reproduce.sh', input: script(manifest) };
  yield { name: 'design.json', input: (await writeDesign(lab, study)).text };
  for (const name of HEAD_FILES) {
    const rows = name === 'dataset' || name === 'study' ? [head[name]] : head[name];
    yield { name: `tables/${name}.jsonl`, input: rows.map((row) => `${JSON.stringify(row)}\n`).join('') };
  }
  const registration = await registrations.ofStudy(lab.db, study.id);
  if (registration !== null) yield { name: REGISTRATION_FILE, input: registration.text };
  yield {
    name: REGISTERED_FILE,
    input: `${JSON.stringify(await registeredRows(lab, study, registration), null, 1)}\n`
  };
  yield { name: 'tables/votes.jsonl', input: encoded(voteLines(lab, study)) };
  yield { name: 'figures.json', input: figures };
  if (!pictures) return;
  const hashes = new Set(
    [
      ...head.images.flatMap((row) => [row['sha256'], row['shown_sha256']]),
      ...head.downsized.map((row) => row['sha256'])
    ].filter((value): value is string => typeof value === 'string')
  );
  for (const sha256 of hashes) {
    const bytes = await lab.storage.get(sha256);
    if (bytes !== null) yield { name: `pictures/${sha256}`, input: bytes };
  }
}

async function registeredRows(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  registration: registrations.Preregistration | null
): Promise<Registered> {
  const look = await registrations.unblindingOf(lab.db, study.id);
  return {
    registration: registration && {
      sha256: registration.sha256,
      by: registration.registeredBy,
      at: registration.registeredAt.toISOString()
    },
    unblinded: look && { at: look.at.toISOString(), by: look.by, what: look.what }
  };
}

async function* voteLines(lab: Pick<Lab, 'db'>, study: studies.Study): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    const votes = await bundles.votesAfter(lab.db, study.id, after, SLICE);
    if (votes.length > 0) yield votes.map((vote) => `${JSON.stringify(vote)}\n`).join('');
    const last = votes.at(-1);
    if (!last || votes.length < SLICE) return;
    after = Number(last.presentation['id']);
  }
}

function withoutSecrets(address: unknown): unknown {
  if (typeof address !== 'string') return address;
  try {
    const url = new URL(address);
    url.username = '';
    url.password = '';
    url.search = '';
    return url.href.replace(/\/$/, '');
  } catch {
    return address;
  }
}

function readme({ study, version, designHash, versions, pictures, dataset }: BundleManifest): string {
  return `# ${study}${version === 1 ? '' : `@${version}`}

A study of image quality by people and models, whole: made with Limen ${versions.limen}.

- \`bundle.json\`: what this is, with seed and versions
- \`design.json\`: the text whose SHA-256 is the design hash ${designHash}
- \`preregistration.json\`: where there is one, what was decided beforehand; its SHA-256 stands in \`registered.json\`, with
  who and when, and when results were first looked at
- \`tables/\`: rows as the lab keeps them. \`votes.jsonl\` has one line for each presentation: its order, the answer as it
  was given, and a model's raw completions
- \`figures.json\`: the figures that follow from them
- \`pictures/\`: ${pictures ? `the stimuli of ${dataset}, named by their SHA-256` : 'not in this bundle; `tables/stimuli.jsonl` names them by their SHA-256'}
- \`reproduce.sh\`: gets the same figures again, in an empty lab
`;
}

function script({ study, version }: BundleManifest): string {
  const address = version === 1 ? study : `${study}@${version}`;
  const quoted = `'${address.replaceAll("'", "'\\''")}'`;
  return `#!/bin/sh
# Puts this study into the lab of DATA_DIR or DATABASE_URL (an empty one, say) and compares its figures with figures.json
# to the last digit. Run it beside the zip that it came in: sh reproduce.sh BUNDLE.zip
set -eu
: "\${LIMEN:=npx limen}"
$LIMEN reproduce "$1"
$LIMEN results ${quoted}
$LIMEN export ${quoted} --what all --format csv --out tables-again
`;
}

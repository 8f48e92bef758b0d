// Measures and prints; asserts nothing. npm run bench -- import [N] | run [N] [--at 32] [--429 20 | --kills 10 | --tokens-per-minute T] [--workers 3] | raters | onset | monitor | selection | exports [N] | results [N] | stats | metrics [N] | all
const BENCHES = {
  import: 'import rate against hashing the same files',
  run: "a model's run against a bare openai loop; killed (--kills); held to tokens per minute",
  raters: 'acknowledged answers a second and their latency, PGlite and PostgreSQL',
  onset: 'from an answer to the next onset at 50 ms round trip, in a real browser',
  selection: '150 difficult of 11,125 × 512, and what moving λ or ε costs',
  'select-page': 'λ and ε moved in a real browser, 11,125 pictures × 512 features',
  active: 'votes that an accuracy costs: pairs chosen by expected information against the fixed design',
  monitor: "the live monitor's queries over 500 raters × 10,000 stimuli",
  exports: 'every export of a million answers: time, size, memory',
  results: 'the results page of a million answers: cold, cached, memory, and what raters wait meanwhile',
  stats: 'scaling, bootstrap, subject model, selection, SSIM',
  metrics: 'image metrics in megapixels a second, and over a whole dataset'
} as const;

const [asked = 'all', ...rest] = process.argv.slice(2);
const names = asked === 'all' ? Object.keys(BENCHES) : [asked];
for (const name of names) {
  if (!(name in BENCHES)) {
    console.error(`there is no bench ${name}; there are:`);
    for (const [known, what] of Object.entries(BENCHES)) console.error(`  ${known.padEnd(9)} ${what}`);
    process.exit(2);
  }
}
for (const name of names) {
  console.log(`\n── ${name}: ${BENCHES[name as keyof typeof BENCHES]}`);
  const module = (await import(`./bench/${name}.ts`)) as { run: (args: string[]) => Promise<void> };
  await module.run(rest);
}

export {};

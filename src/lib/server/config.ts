import path from 'node:path';
import * as v from 'valibot';

/** The environment, parsed once. Everything that depends on it takes a Config, never process.env. */
export interface Config {
  /** Blobs, the embedded database, its lock and the local token live here. Absolute. */
  dataDir: string;
  /** PostgreSQL 15 to 18; null means the embedded PGlite under dataDir. */
  databaseUrl: string | null;
  port: number;
  host: string;
  /** The public address, when known (behind a proxy); null takes it from each request. */
  origin: string | null;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Bytes that one upload may have. */
  maxUploadBytes: number;
  /** Whether this process also works on background jobs. */
  worksOnJobs: boolean;
  /** Whether X-Forwarded-For may be believed (behind a proxy of one's own). */
  trustProxy: boolean;
  /** From which stored keys are encrypted; null: a file under dataDir that this lab makes for itself. */
  secretKey: string | null;
  /** Whether models may be asked at addresses of this machine and of private networks. */
  privateEndpoints: boolean;
  /** Whether this is the demonstration: its one researcher comes in by a link that each start prints. */
  demonstration: boolean;
}

const wholeNumber = (name: string, min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, `${name} must be a whole number`),
    v.transform(Number),
    v.minValue(min, `${name} must be at least ${min}`),
    v.maxValue(max, `${name} must be at most ${max}`)
  );

const Environment = v.object({
  DATA_DIR: v.optional(v.string(), './data'),
  DATABASE_URL: v.optional(
    v.union(
      [v.literal(''), v.pipe(v.string(), v.regex(/^postgres(ql)?:\/\//))],
      'DATABASE_URL must begin with postgres:// or postgresql://'
    )
  ),
  PORT: v.optional(wholeNumber('PORT', 0, 65535), '3000'),
  HOST: v.optional(v.string(), '0.0.0.0'),
  ORIGIN: v.optional(
    v.union(
      [v.literal(''), v.pipe(v.string(), v.url(), v.regex(/^https?:\/\/[^/]+\/?$/))],
      'ORIGIN must be an address such as https://lab.example.org'
    )
  ),
  LOG_LEVEL: v.optional(
    v.picklist(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'LOG_LEVEL is one of fatal, error, warn, info, debug, silent'
    ),
    'info'
  ),
  MAX_UPLOAD_BYTES: v.optional(
    wholeNumber('MAX_UPLOAD_BYTES', 1, Number.MAX_SAFE_INTEGER),
    String(16 * 2 ** 30)
  ),
  WORKER: v.optional(v.picklist(['on', 'off'], 'WORKER is on or off'), 'on'),
  TRUST_PROXY: v.optional(v.picklist(['on', 'off'], 'TRUST_PROXY is on or off'), 'off'),
  LIMEN_SECRET_KEY: v.optional(
    v.union(
      [v.literal(''), v.pipe(v.string(), v.minLength(16))],
      'LIMEN_SECRET_KEY must have at least 16 characters'
    )
  ),
  PRIVATE_ENDPOINTS: v.optional(v.picklist(['on', 'off'], 'PRIVATE_ENDPOINTS is on or off'), 'on'),
  LIMEN_DEMO: v.optional(v.picklist(['on', 'off'], 'LIMEN_DEMO is on or off'), 'off')
});

/** @throws Error with one sentence that names the variable at fault. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const parsed = v.safeParse(Environment, environment);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const name = String(issue.path?.[0]?.key ?? 'the environment');
    throw new Error(issue.message.includes(name) ? issue.message : `${name}: ${issue.message}`);
  }
  const values = parsed.output;
  return {
    dataDir: path.resolve(values.DATA_DIR),
    databaseUrl: values.DATABASE_URL || null,
    port: values.PORT,
    host: values.HOST,
    origin: values.ORIGIN ? values.ORIGIN.replace(/\/$/, '') : null,
    logLevel: values.LOG_LEVEL,
    maxUploadBytes: values.MAX_UPLOAD_BYTES,
    worksOnJobs: values.WORKER === 'on',
    trustProxy: values.TRUST_PROXY === 'on',
    secretKey: values.LIMEN_SECRET_KEY || null,
    privateEndpoints: values.PRIVATE_ENDPOINTS === 'on',
    demonstration: values.LIMEN_DEMO === 'on'
  };
}

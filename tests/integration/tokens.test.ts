import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsOf } from '../../src/lib/server/db/client.ts';
import * as tokens from '../../src/lib/server/db/tokens.ts';
import * as researchers from '../../src/lib/server/db/researchers.ts';
import { runShellCommand } from '../../src/lib/server/services/shell/run-shell-command.ts';
import { checkToken } from '../../src/lib/server/services/tokens/check-token.ts';
import { makeToken } from '../../src/lib/server/services/tokens/make-token.ts';
import { revokeToken } from '../../src/lib/server/services/tokens/revoke-token.ts';
import { openTestLab, type TestLab } from './support.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

const PLAIN = { name: 'notebook', scopes: ['read'], days: null, researcher: null };

it('is made once, kept as a hash alone, and lets in as what it was made for', async () => {
  const made = await makeToken(test.lab, { ...PLAIN, scopes: ['run', 'read', 'read'], days: 30 });
  expect(made.secret).toMatch(/^limen_[A-Za-z0-9_-]{43}$/);
  expect(made.token).toMatchObject({ name: 'notebook', scopes: ['read', 'run'], lastUsedAt: null });
  const days = ((made.token.expiresAt as Date).getTime() - Date.now()) / 86_400_000;
  expect(Math.round(days)).toBe(30);

  const checked = await checkToken(test.lab, made.secret);
  expect(checked).toMatchObject({ ok: true, token: { id: made.token.id, scopes: ['read', 'run'] } });
  expect((await tokens.byId(test.lab.db, made.token.id))?.lastUsedAt).toBeInstanceOf(Date);

  const rows = await rowsOf<{ all: string }>(test.lab.db, sql`select t::text as all from api_tokens t`);
  expect(rows.length).toBeGreaterThan(0);
  const secret = made.secret.slice('limen_'.length);
  expect(rows.map((row) => row.all).join('\n')).not.toContain(secret);
  expect(JSON.stringify(await tokens.list(test.lab.db))).not.toMatch(new RegExp(`${secret}|[0-9a-f]{64}`));
});

it('lets nobody in who is unknown, late or revoked, and says which', async () => {
  const { lab } = test;
  expect(await checkToken(lab, 'limen_guessed')).toEqual({
    ok: false,
    reason: 'this lab does not know the token'
  });
  const late = await makeToken(lab, { ...PLAIN, name: 'late', days: 1 });
  await lab.db.execute(
    sql`update api_tokens set expires_at = now() - interval '1 second' where id = ${late.token.id}`
  );
  expect(await checkToken(lab, late.secret)).toEqual({ ok: false, reason: 'the token "late" has expired' });

  const gone = await makeToken(lab, { ...PLAIN, name: 'gone' });
  expect((await checkToken(lab, gone.secret)).ok).toBe(true);
  const first = await revokeToken(lab, gone.token.id);
  expect(await checkToken(lab, gone.secret)).toEqual({ ok: false, reason: 'the token "gone" was revoked' });
  // Revoking again changes nothing, not even the instant.
  expect((await revokeToken(lab, gone.token.id)).revokedAt).toEqual(first.revokedAt);
});

it.each([
  [{ name: ' ' }, 'needs a name'],
  [{ name: 'n'.repeat(101) }, 'at most 100'],
  [{ scopes: [] }, 'at least one scope'],
  [{ scopes: ['read', 'admin'] }, '"admin"'],
  [{ days: 0 }, '1 to 3650'],
  [{ days: 1.5 }, '1 to 3650'],
  [{ researcher: { email: 'nobody@example.org' } }, 'nobody@example.org']
])('%j is refused', async (wrong, says) => {
  const before = (await tokens.list(test.lab.db)).length;
  await expect(makeToken(test.lab, { ...PLAIN, ...wrong })).rejects.toThrow(says);
  expect(await tokens.list(test.lab.db)).toHaveLength(before);
});

it('the shell makes, lists and revokes them; a token goes with its researcher', async () => {
  const { lab } = test;
  const ada = await researchers.create(lab.db, {
    email: 'ada@example.org',
    name: 'Ada',
    passwordHash: null
  });
  const call = (name: string, params: unknown) => runShellCommand(lab, name, params, () => {});
  const made = await call('token-create', { ...PLAIN, name: 'ci', researcher: { email: 'ADA@example.org' } });
  expect(made).toMatchObject({ ok: true, document: { token: { name: 'ci', researcher: 'Ada' } } });
  const { token } = (made as { document: { token: tokens.Token } }).document;
  expect(await call('token-revoke', { id: token.id })).toMatchObject({ ok: true });
  expect(await call('token-revoke', { id: 2 ** 40 })).toMatchObject({
    ok: false,
    problem: expect.any(String)
  });
  expect(await call('tokens', {})).toMatchObject({
    ok: true,
    document: [{ name: 'ci' }, ...Array(3).fill({})]
  });
  await lab.db.execute(sql`delete from researchers where id = ${ada?.id}`);
  expect((await tokens.list(lab.db)).map(({ name }) => name)).not.toContain('ci');
});

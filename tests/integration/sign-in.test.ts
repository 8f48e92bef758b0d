import { afterAll, beforeAll, expect, it } from 'vitest';
import * as researchers from '../../src/lib/server/db/researchers.ts';
import { openTestLab, type TestLab } from './support.ts';

let test: TestLab;
beforeAll(async () => {
  test = await openTestLab();
});
afterAll(() => test.remove());

const ADA = { email: 'ada@example.org', name: 'Ada', password: 'a sentence to keep' };

it('is set up once, by the newest link', async () => {
  const { auth } = test.lab;
  const old = (await auth.setUpLink()) as string;
  const token = (await auth.setUpLink()) as string;
  expect(await auth.setUpLinkIsGood(old)).toBe(false);
  expect(await auth.setUpLinkFor(token)).toBeNull();
  expect(await auth.setUp(token, { ...ADA, password: 'short' })).toMatchObject({ ok: false });
  expect(await auth.setUp(token, ADA)).toMatchObject({ ok: true });
  expect(await auth.setUp(token, { ...ADA, email: 'eve@example.org' })).toMatchObject({ ok: false });
  expect(await auth.setUpLink()).toBeNull();
});

it('invites a person, who sets up their own account and no other', async () => {
  const { auth, db } = test.lab;
  expect(await auth.invite({ email: 'nobody', name: 'N' })).toMatchObject({ ok: false });
  const first = await auth.invite({ email: 'bo@example.org', name: 'Bo' });
  const second = await auth.invite({ email: 'BO@example.org', name: 'Bo' });
  if (!first.ok || !second.ok) throw new Error('not invited');
  expect(second.known).toBe(false);
  expect(await auth.setUpLinkIsGood(first.token)).toBe(false);
  expect(await auth.setUpLinkFor(second.token)).toEqual({ email: 'bo@example.org', name: 'Bo' });
  // An invitation is no sign-in link, and an account without a password takes none.
  expect(await auth.byLink(second.token)).toBeNull();
  expect(await auth.byPassword('bo@example.org', '', '::1')).toMatchObject({ ok: false });

  const taken = await auth.setUp(second.token, {
    email: 'ada@example.org',
    name: 'Bo Li',
    password: 'another sentence to keep'
  });
  if (!taken.ok) throw new Error(taken.reason);
  expect(await auth.whoHolds(taken.token)).toMatchObject({ email: 'bo@example.org', name: 'Bo Li' });
  expect(await auth.setUpLinkIsGood(second.token)).toBe(false);
  expect(await auth.byPassword('ada@example.org', ADA.password, '::1')).toMatchObject({ ok: true });
  expect((await researchers.list(db)).map(({ email, hasPassword }) => [email, hasPassword])).toEqual([
    ['ada@example.org', true],
    ['bo@example.org', true]
  ]);
});

it('lets who forgot a password set a new one, and signs out whoever was in', async () => {
  const { auth } = test.lab;
  const before = await auth.byPassword('bo@example.org', 'another sentence to keep', '::1');
  if (!before.ok) throw new Error('not signed in');
  const link = await auth.invite({ email: 'bo@example.org', name: 'Bo' });
  if (!link.ok) throw new Error(link.reason);
  expect(link.known).toBe(true);
  const set = await auth.setUp(link.token, {
    email: '',
    name: 'Bo Li',
    password: 'a third sentence to keep'
  });
  expect(set).toMatchObject({ ok: true });
  expect(await auth.whoHolds(before.token)).toBeNull();
  expect(await auth.byPassword('bo@example.org', 'another sentence to keep', '::1')).toMatchObject({
    ok: false
  });
});

it('signs the other browsers of one person out, and nobody else', async () => {
  const { auth, db } = test.lab;
  const tokens: string[] = [];
  for (let i = 0; i < 3; i++) {
    const signedIn = await auth.byPassword(ADA.email, ADA.password, '::1');
    if (!signedIn.ok) throw new Error('not signed in');
    tokens.push(signedIn.token);
  }
  const ada = await researchers.byEmail(db, ADA.email);
  const bo = await researchers.byEmail(db, 'bo@example.org');
  const link = await auth.signInLink(bo?.id as number);
  const other = await auth.byLink(link);
  expect(await auth.byLink(link)).toBeNull();
  await auth.signOutOthers(ada?.id as number, tokens[0] as string);
  expect(await auth.whoHolds(tokens[0] as string)).toMatchObject({ name: 'Ada' });
  expect(await auth.whoHolds(tokens[1] as string)).toBeNull();
  expect(await auth.whoHolds(other as string)).toMatchObject({ email: 'bo@example.org' });
});

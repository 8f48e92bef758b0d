import { createHash, randomBytes } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Db } from '../db/client.ts';
import * as researchers from '../db/researchers.ts';
import { hashPassword, PASSWORD_LENGTH, verifyPassword } from './password.ts';

/** A browser stays signed in this long. */
export const SIGN_IN_DAYS = 30;
const SET_UP_LINK_HOURS = 48;
const SIGN_IN_LINK_HOURS = 24;
const INVITATION_HOURS = 7 * 24;

export interface Auth {
  /** Signs in by password. At most 10 failures a quarter of an hour and address, 30 and account. */
  byPassword(
    email: string,
    password: string,
    address: string
  ): Promise<
    | { ok: true; token: string }
    | { ok: false; reason: 'wrong' }
    | { ok: false; reason: 'too-many'; retryAfterMs: number }
  >;
  /** Who holds this cookie, or null. */
  whoHolds(token: string): Promise<researchers.Researcher | null>;
  signOut(token: string): Promise<void>;
  /** A link that sets the lab up once; null when it has been set up. Earlier set-up links stop working. */
  setUpLink(): Promise<string | null>;
  setUpLinkIsGood(token: string): Promise<boolean>;
  /** Whose account a set-up link is for; null where it makes the lab's first researcher, or is no good. */
  setUpLinkFor(token: string): Promise<{ email: string; name: string } | null>;
  /**
   * Makes the first researcher, or gives an invited one their name and password, and signs them in. Whoever else is
   * signed in under the account is signed out.
   */
  setUp(
    token: string,
    person: { email: string; name: string; password: string }
  ): Promise<{ ok: true; token: string } | { ok: false; reason: string }>;
  /**
   * A link by which a person sets up an account of their own, within a week. For one who has an account already, it sets
   * a new password: the way back for who forgot theirs.
   */
  invite(person: {
    email: string;
    name: string;
  }): Promise<{ ok: true; token: string; known: boolean } | { ok: false; reason: string }>;
  /** A link that signs a researcher in once. */
  signInLink(researcherId: number): Promise<string>;
  byLink(token: string): Promise<string | null>;
  /** A link that signs the demonstration's researcher in once; made without a password at the first start. */
  demonstrationLink(): Promise<string>;
  /** Every other browser of this person. */
  signOutOthers(researcherId: number, token: string): Promise<void>;
  changePassword(
    researcherId: number,
    current: string,
    next: string,
    token: string
  ): Promise<{ ok: true } | { ok: false; reason: string }>;
}

export function createAuth(db: Db): Auth {
  // Counted in this process: a lab has one web process, and a restart is rarer than a guess is cheap.
  const perAddress = new RateLimiterMemory({ points: 10, duration: 15 * 60 });
  const perAccount = new RateLimiterMemory({ points: 30, duration: 15 * 60 });

  async function signedInToken(researcherId: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + SIGN_IN_DAYS * 86_400_000);
    await researchers.addSignIn(db, { tokenHash: hashOf(token), researcherId, expiresAt });
    return token;
  }

  async function makeLink(
    purpose: 'set-up' | 'sign-in',
    researcherId: number | null,
    hours: number
  ): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + hours * 3_600_000);
    await researchers.addLink(db, { tokenHash: hashOf(token), purpose, researcherId, expiresAt });
    return token;
  }

  return {
    async byPassword(email, password, address) {
      const account = hashOf(email.trim().toLowerCase());
      for (const [limiter, key] of [
        [perAddress, address],
        [perAccount, account]
      ] as const) {
        const state = await limiter.get(key);
        if (state !== null && state.consumedPoints >= limiter.points) {
          return { ok: false, reason: 'too-many', retryAfterMs: Math.max(1000, state.msBeforeNext) };
        }
      }
      const researcher = await researchers.byEmail(db, email.trim());
      const good =
        password.length <= PASSWORD_LENGTH.max &&
        (await verifyPassword(password, researcher?.passwordHash ?? null));
      if (!researcher || !good) {
        await Promise.allSettled([perAddress.consume(address), perAccount.consume(account)]);
        return { ok: false, reason: 'wrong' };
      }
      await perAccount.delete(account);
      return { ok: true, token: await signedInToken(researcher.id) };
    },
    whoHolds: (token) => researchers.signedIn(db, hashOf(token)),
    signOut: (token) => researchers.removeSignIn(db, hashOf(token)),
    async setUpLink() {
      if (await researchers.any(db)) return null;
      await researchers.removeLinks(db, 'set-up');
      return makeLink('set-up', null, SET_UP_LINK_HOURS);
    },
    setUpLinkIsGood: (token) => researchers.linkIsGood(db, hashOf(token), 'set-up'),
    async setUpLinkFor(token) {
      if (!(await researchers.linkIsGood(db, hashOf(token), 'set-up'))) return null;
      const holder = await researchers.linkHolder(db, hashOf(token));
      return holder === null ? null : { email: holder.email, name: holder.name };
    },
    async setUp(token, person) {
      const holder = await researchers.linkHolder(db, hashOf(token));
      const problem = personProblem(holder === null ? person : { ...person, email: holder.email });
      if (problem !== null) return { ok: false, reason: problem };
      const passwordHash = await hashPassword(person.password);
      return db
        .transaction(async (tx) => {
          const used = await researchers.useLink(tx, hashOf(token), 'set-up');
          if (!used) return { ok: false as const, reason: 'This link has been used or is too old.' };
          if (used.researcherId !== null) {
            await researchers.setPerson(tx, used.researcherId, { name: person.name.trim(), passwordHash });
            await researchers.removeSignIns(tx, used.researcherId);
            return { ok: true as const, researcherId: used.researcherId };
          }
          const made = await researchers.create(tx, {
            email: person.email.trim(),
            name: person.name.trim(),
            passwordHash
          });
          if (!made) return { ok: false as const, reason: 'There is an account with this address already.' };
          return { ok: true as const, researcherId: made.id };
        })
        .then(async (result) =>
          result.ok ? { ok: true as const, token: await signedInToken(result.researcherId) } : result
        );
    },
    async invite({ email, name }) {
      const problem = emailProblem(email) ?? nameProblem(name);
      if (problem !== null) return { ok: false, reason: problem };
      const made = await researchers.create(db, {
        email: email.trim(),
        name: name.trim(),
        passwordHash: null
      });
      const person = made ?? (await researchers.byEmail(db, email.trim()));
      if (person === null) return { ok: false, reason: 'The account could not be made.' };
      await researchers.removeLinksOf(db, person.id, 'set-up');
      return {
        ok: true,
        token: await makeLink('set-up', person.id, INVITATION_HOURS),
        known: person.passwordHash !== null
      };
    },
    signInLink: (researcherId) => makeLink('sign-in', researcherId, SIGN_IN_LINK_HOURS),
    async byLink(token) {
      const used = await researchers.useLink(db, hashOf(token), 'sign-in');
      return used?.researcherId == null ? null : signedInToken(used.researcherId);
    },
    async demonstrationLink() {
      const person = { email: 'demo@localhost', name: 'Demonstration', passwordHash: null };
      const researcher =
        (await researchers.create(db, person)) ?? (await researchers.byEmail(db, person.email));
      if (!researcher) throw new Error('the demonstration has no researcher');
      return makeLink('sign-in', researcher.id, SIGN_IN_LINK_HOURS);
    },
    signOutOthers: (researcherId, token) => researchers.removeOtherSignIns(db, researcherId, hashOf(token)),
    async changePassword(researcherId, current, next, token) {
      const researcher = await researchers.byId(db, researcherId);
      if (!researcher) return { ok: false, reason: 'There is no such account.' };
      if (researcher.passwordHash !== null && !(await verifyPassword(current, researcher.passwordHash))) {
        return { ok: false, reason: 'The current password is another.' };
      }
      const problem = passwordProblem(next);
      if (problem !== null) return { ok: false, reason: problem };
      await researchers.setPassword(db, researcherId, await hashPassword(next));
      await researchers.removeOtherSignIns(db, researcherId, hashOf(token));
      return { ok: true };
    }
  };
}

function personProblem(person: { email: string; name: string; password: string }): string | null {
  return emailProblem(person.email) ?? nameProblem(person.name) ?? passwordProblem(person.password);
}

function emailProblem(email: string): string | null {
  const good = /^[^\s@]+@[^\s@]+$/.test(email.trim()) && email.length <= 254;
  return good ? null : 'An e-mail address is needed.';
}

function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'A name is needed.';
  return name.length > 100 ? 'A name has at most 100 characters.' : null;
}

function passwordProblem(password: string): string | null {
  if (password.length < PASSWORD_LENGTH.min) {
    return `A password has at least ${PASSWORD_LENGTH.min} characters.`;
  }
  if (password.length > PASSWORD_LENGTH.max) {
    return `A password has at most ${PASSWORD_LENGTH.max} characters.`;
  }
  return null;
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

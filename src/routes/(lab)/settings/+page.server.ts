import { fail } from '@sveltejs/kit';
import { PASSWORD_LENGTH } from '#lib/server/auth/password.ts';
import * as researchers from '#lib/server/db/researchers.ts';
import * as tokens from '#lib/server/db/tokens.ts';
import { app } from '#lib/server/http/app.ts';
import { orFail } from '#lib/server/http/errors.ts';
import { requireResearcher, SIGN_IN_COOKIE } from '#lib/server/http/guards.ts';
import { keepTheme, readTheme, THEMES } from '#lib/server/http/theme.ts';
import { describeLab } from '#lib/server/services/describe-lab.ts';
import { sweepStorage } from '#lib/server/services/sweep-storage.ts';
import { makeToken } from '#lib/server/services/tokens/make-token.ts';
import { revokeToken } from '#lib/server/services/tokens/revoke-token.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, cookies }) => {
  const me = requireResearcher(locals);
  const lab = app();
  const people = await researchers.list(lab.db);
  return {
    people,
    tokens: await tokens.list(lab.db),
    now: Date.now(),
    me: people.find(({ id }) => String(id) === me.id) ?? null,
    theme: readTheme(cookies),
    themes: THEMES,
    shortest: PASSWORD_LENGTH.min,
    facts: await describeLab(lab)
  };
};

const field = (form: FormData, name: string) => String(form.get(name) ?? '');

export const actions: Actions = {
  password: async ({ request, locals, cookies }) => {
    const me = requireResearcher(locals);
    const form = await request.formData();
    if (field(form, 'next') !== field(form, 'again')) {
      return fail(400, {
        about: 'password',
        problem: 'The new password was typed differently the second time.'
      });
    }
    const token = cookies.get(SIGN_IN_COOKIE) ?? '';
    const changed = await app().auth.changePassword(
      Number(me.id),
      field(form, 'current'),
      field(form, 'next'),
      token
    );
    if (!changed.ok) return fail(400, { about: 'password', problem: changed.reason });
    return { about: 'password', done: 'The password is changed, and your other browsers are signed out.' };
  },
  theme: async ({ request, locals, cookies, url }) => {
    requireResearcher(locals);
    const wanted = field(await request.formData(), 'theme');
    const theme = THEMES.find((one) => one === wanted);
    if (theme === undefined) return fail(400, { about: 'theme', problem: 'There is no such theme.' });
    keepTheme(cookies, theme, url.protocol === 'https:');
    return { about: 'theme' };
  },
  others: async ({ locals, cookies }) => {
    const me = requireResearcher(locals);
    await app().auth.signOutOthers(Number(me.id), cookies.get(SIGN_IN_COOKIE) ?? '');
    return { about: 'others', done: 'Your other browsers are signed out.' };
  },
  invite: async ({ request, locals, url }) => {
    requireResearcher(locals);
    const form = await request.formData();
    const person = { email: field(form, 'email'), name: field(form, 'name') };
    const made = await app().auth.invite(person);
    if (!made.ok) return fail(400, { about: 'people', problem: made.reason, ...person });
    return {
      about: 'people',
      link: `${url.origin}/set-up?token=${made.token}`,
      says: made.known
        ? `With this link ${person.email} sets a new password, once, within a week.`
        : `With this link ${person.email} sets up an account, once, within a week.`
    };
  },
  token: async ({ request, locals }) => {
    const me = requireResearcher(locals);
    const form = await request.formData();
    const typed = {
      name: field(form, 'name'),
      scopes: form.getAll('scope').map(String),
      days: field(form, 'days')
    };
    const made = await orFail(() =>
      makeToken(app(), {
        name: typed.name,
        scopes: typed.scopes,
        days: typed.days === '' ? null : Number(typed.days),
        researcher: { id: Number(me.id) }
      })
    );
    if (!('secret' in made)) return fail(400, { about: 'tokens', problem: made.data.problem, typed });
    return {
      about: 'tokens',
      secret: made.secret,
      says: `${made.token.name} may use the API with this token.`
    };
  },
  sweep: async ({ request, locals }) => {
    requireResearcher(locals);
    const remove = field(await request.formData(), 'remove') === 'yes';
    const swept = await orFail(() => sweepStorage(app(), { remove }));
    if (!('files' in swept)) return fail(400, { about: 'sweep', problem: swept.data.problem });
    return { about: 'sweep', swept };
  },
  revoke: async ({ request, locals }) => {
    requireResearcher(locals);
    const id = Number((await request.formData()).get('token')) || 0;
    const revoked = await orFail(() => revokeToken(app(), id));
    if (!('name' in revoked)) return fail(400, { about: 'tokens', problem: revoked.data.problem });
    return { about: 'tokens', done: `${revoked.name} is revoked.` };
  },
  link: async ({ request, locals, url }) => {
    requireResearcher(locals);
    const lab = app();
    const person = await researchers.byId(lab.db, Number((await request.formData()).get('researcher')) || 0);
    if (person === null) return fail(400, { about: 'people', problem: 'There is no such account.' });
    return {
      about: 'people',
      link: `${url.origin}/enter?token=${await lab.auth.signInLink(person.id)}`,
      says: `This link signs ${person.email} in, once, within a day.`
    };
  }
};

import * as sittings from '#lib/server/db/sittings.ts';
import { BadInput } from '#lib/server/tables/bad-input.ts';
import { sittingsTable } from '../export/sittings-table.ts';
import { studyNamed } from '../find.ts';
import type { Lab } from '../lab.ts';
import { forgetFigures } from '../people/watch-people.ts';
import { sweepStorage, type Sweep } from '../sweep-storage.ts';
import { withdrawSitting } from '../withdraw-sitting.ts';

/** The shell's commands about what is let go: the people of a study, and files that nothing uses. */
export interface PeopleCommands {
  /** A document a sitting, oldest first, with the names of `limen export --what sittings`. */
  people: (lab: Lab, params: { study: string; participants: boolean }) => Promise<Record<string, unknown>[]>;
  withdraw: (
    lab: Lab,
    params: { study: string; session: number }
  ) => Promise<{ session: number; deleted: number; already: boolean }>;
  sweep: (lab: Lab, params: { remove: boolean }) => Promise<Sweep>;
}

export const peopleCommands: PeopleCommands = {
  sweep: (lab, options) => sweepStorage(lab, options),

  async people(lab, { study: name, participants }) {
    const table = sittingsTable(lab, await studyNamed(lab.db, name), { participants });
    const names = table.columns.map((column) => column.name);
    const all: Record<string, unknown>[] = [];
    for await (const row of table.rows) {
      const document = Object.fromEntries(names.map((column, index) => [column, row[index] ?? null]));
      if (!participants) delete document['participant'];
      all.push(document);
    }
    return all;
  },

  async withdraw(lab, { study: name, session }) {
    const study = await studyNamed(lab.db, name);
    const before = await sittings.one(lab.db, study.id, session);
    if (before === null) throw new BadInput(`${JSON.stringify(name)} has no sitting ${session}`);
    const { deleted } = await withdrawSitting(lab, study.id, session);
    forgetFigures(lab);
    return { session, deleted, already: before.state === 'withdrawn' };
  }
};

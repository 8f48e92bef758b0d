import { recruitingAddress } from '#lib/domain/recruitment.ts';
import * as studies from '#lib/server/db/studies.ts';
import * as invitations from '#lib/server/db/invitations.ts';
import { csvText, type Cell } from '#lib/server/tables/write-table.ts';
import type { Lab } from './lab.ts';

/** One word for where a link stands. */
export function linkState(invitation: invitations.InvitationRow): string {
  if (invitation.sitting === 'withdrawn') return 'withdrawn';
  if (invitation.revoked) return 'revoked';
  if (invitation.kind === 'open') return 'open';
  if (invitation.sitting === null) return 'unused';
  if (invitation.sitting === 'ended') return 'ended';
  return invitation.sitting === 'completed' ? 'done' : 'sitting';
}

/** Every link of a study as CSV, oldest first, to be pasted into a mail merge. */
export async function linksCsv(
  lab: Pick<Lab, 'db'>,
  study: studies.Study,
  origin: string
): Promise<{ fileName: string; text: string }> {
  const rows: Cell[][] = [];
  for (let offset = 0; ; offset += 5000) {
    const { invitations: found } = await invitations.page(lab.db, study.id, offset, 5000);
    for (const invitation of found) {
      rows.push([
        recruitingAddress(`${origin}/r/${invitation.token}`, invitation.recruitment?.platform ?? 'plain'),
        invitation.kind,
        linkState(invitation),
        invitation.sittings,
        new Date(invitation.createdAt).toISOString(),
        invitation.recruitment?.platform ?? 'plain',
        invitation.quota
      ]);
    }
    if (found.length < 5000) break;
  }
  return {
    fileName: `${studies.addressOf(study)}-links.csv`,
    text: csvText([
      ['link', 'kind', 'state', 'sittings', 'createdAt', 'platform', 'quota'],
      ...rows.reverse()
    ])
  };
}

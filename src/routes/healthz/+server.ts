import { appOrNull } from '#lib/server/http/app.ts';
import { checkHealth } from '#lib/server/services/check-health.ts';

/** 200 once the lab is open and its database answers. */
export const GET = async () => {
  const lab = appOrNull();
  if (lab === null) return Response.json({ ok: false }, { status: 503 });
  const healthy = await checkHealth(lab);
  return Response.json({ ok: healthy }, { status: healthy ? 200 : 503 });
};

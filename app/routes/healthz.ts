import { deps } from "#app/services/deps.server.ts";
import { env } from "#app/process/env.server.ts";
import { checkHealth } from "#app/web/check-health.server.ts";

/** For load balancers: 200 when the database and Redis answer, else 503 with the name of the one that does not. */
export async function loader() {
  const health = await checkHealth(deps(), env().REDIS_URL);
  return Response.json(health, { status: health.ok ? 200 : 503, headers: { "Cache-Control": "no-store" } });
}

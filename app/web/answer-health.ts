import { Router, type Response } from "express";
import { checkHealth } from "./check-health.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

interface Asked extends Pick<Deps, "pool"> {
  readonly redisUrl: string;
  /** Whether the process has been asked to end. */
  isLeaving(): boolean;
}

/**
 * Three answers for three questions:
 *
 * - `/healthz`, whether the process lives: always 200, for one that does not answer is to be started anew, and one whose
 *   database is down is not
 * - `/readyz/intake`, whether it takes webhooks and visits: 200 while PostgreSQL answers. Without Redis a webhook is kept
 *   as ever, and a balancer must not take its receiver away
 * - `/readyz/pages`, and `/readyz` for short, whether pages work with all their buttons: PostgreSQL and Redis
 *
 * Once the process has been asked to end neither is ready, so that the balancer leaves it before it closes.
 */
export function answerHealth({ pool, redisUrl, isLeaving }: Asked): Router {
  const router = Router();
  const answer = async (response: Response, needed: readonly ("database" | "redis")[]) => {
    const { down } = await checkHealth({ pool }, redisUrl);
    const missing = down.filter((part) => needed.includes(part));
    const isReady = missing.length === 0 && !isLeaving();
    response
      .status(isReady ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({ ok: isReady, down: missing, isLeaving: isLeaving() });
  };
  router.get(
    "/healthz",
    (_request, response) => void response.set("Cache-Control", "no-store").json({ ok: true }),
  );
  router.get("/readyz/intake", (_request, response, next) => void answer(response, ["database"]).catch(next));
  router.get(["/readyz", "/readyz/pages"], (_request, response, next) => {
    void answer(response, ["database", "redis"]).catch(next);
  });
  return router;
}

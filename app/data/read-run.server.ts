import type { Db } from "../db.server.ts";
import { toRunRow } from "./runs.server.ts";

/** One run with the metrics of everything that was tried in it, without the learned weights; null if there is none. */
export async function findRunWithModels(db: Db, { shop, runId }: { shop: string; runId: string }) {
  const run = await db.run.findFirst({
    where: { id: runId, shop },
    include: {
      models: {
        where: { shop },
        select: { step: true, name: true, isChosen: true, metrics: true },
        orderBy: { name: "asc" },
      },
    },
  });
  return run && toRunRow(run);
}

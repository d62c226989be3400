import { findAutopilot } from "#app/data/bundles/autopilot.server.ts";
import { readCatalogueNames } from "#app/data/products/catalogue.server.ts";
import { provesBrokenDraw } from "#app/domain/evaluate/proof/sample-ratio.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { readDraw } from "#app/services/evaluate/read-measuring-period.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";

/** The learning schedule and the autopilot. */
export async function readAutomationPage(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  { shop, words, now }: Asked,
) {
  const { db, pool } = deps;
  const { format, settings } = await openShop(deps, { shop, words });
  const autopilot = await findAutopilot(db, shop);
  const drawPValue = autopilot.onSince ? await readDraw(deps, { shop, nowMs: now.getTime() }) : null;
  const names = await readCatalogueNames(pool, { shop, gids: autopilot.collectionGids });
  return {
    settings,
    names: Object.fromEntries(names),
    autopilot: {
      isOn: autopilot.onSince !== null,
      /** Whether it is on but waits, because a broken draw makes its figures unusable. */
      isStopped: provesBrokenDraw(drawPValue),
      onSince: autopilot.onSince ? format.dateTime(autopilot.onSince) : null,
      collectionGids: autopilot.collectionGids,
    },
  };
}

export type AutomationPage = Awaited<ReturnType<typeof readAutomationPage>>;

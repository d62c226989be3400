import { randomBytes } from "node:crypto";
import { forgetFormerAmounts } from "#app/data/bundles/bundle-edits.server.ts";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { findShop, saveInstalledShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { ERASURE_ASKED_AFTER_MS } from "#app/services/privacy/answer-privacy-request.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readShop } from "#app/shopify/read-shop.ts";
import { shopSecretPlace } from "./shop-secret.server.ts";

interface Installation {
  readonly shop: string;
  readonly graphql: AdminGraphql;
  readonly now: Date;
}

/**
 * Makes sure that the shop has its row and that its products and orders are being read. Runs at every token exchange
 * and page request, so it does nothing for an installed shop. A returning shop keeps its secrets, settings and
 * decisions, unless Shopify has asked to erase it by then, even if that message has not arrived.
 *
 * @throws AppError from the Admin API; the merchant's next request tries again
 */
export async function installShop(deps: Deps, { shop, graphql, now }: Installation): Promise<void> {
  const known = await findShop(deps.db, shop);
  if (known && known.uninstalledAt === null) return;
  const { currency, timeZone } = await readShop({ graphql, log: deps.log });
  if (known) {
    const removedBefore = new Date(now.getTime() - ERASURE_ASKED_AFTER_MS);
    await deleteShopRows(deps.pool, shop, { removedBefore, keepsToken: true });
  }
  const row = {
    shop,
    currency,
    timeZone,
    customerKeySecret: deps.secrets.seal(randomBytes(32).toString("hex"), shopSecretPlace(shop)),
    holdoutSalt: randomBytes(8).toString("hex"),
    installedAt: now,
  };
  const isNew = await deps.db.$transaction(async (tx) => {
    await forgetFormerAmounts(tx, row);
    return saveInstalledShop(tx, row);
  });
  if (!isNew) return;
  deps.log.info("collect.installed", { shop });
  try {
    await deps.jobs.enqueue("collect.backfill", { shop }, { dedupeKey: `${shop}-${now.getTime()}` });
  } catch (error) {
    // The merchant's page must open anyway; the sweep starts the reading once Redis is back.
    deps.log.warn("collect.not_enqueued", { shop, error });
  }
}

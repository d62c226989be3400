import { isVariantKey, listCatalogue, readOrderLines } from "#app/data/orders/basket-lines.server.ts";
import { listBundledVariants } from "#app/data/products/products.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { joinChoices, joinLines, sumUnits, type JoinedChoices } from "#app/domain/prepare/join-choices.ts";
import { prepareBaskets, type PreparedBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { AppError } from "#app/process/errors.ts";

interface BasketWindow {
  readonly shop: string;
  /** First instant that counts. */
  readonly fromMs: number;
  /** First instant that does not count any more. */
  readonly toMs: number;
}

interface ShopBaskets extends PreparedBaskets {
  /** Item → what the shop asks for it today, minor units; the items that it lists at a price. */
  readonly askedPriceMinor: ReadonlyMap<number, number>;
  /** The variants that share an item with others, because shoppers choose among them. */
  readonly choices: JoinedChoices["choices"];
}

/**
 * Step 2, prepare: the clean baskets of a shop, with its whole catalogue among the items, sold or not. An item is a
 * variant, or all variants of a product that is one choice of a size or a colour (`joinChoices`); its key is the gid of
 * the variant or of the one that stands for all. A line of an import that names no variant of the shop has the key
 * `sku:…` and an inactive item: it is learned from and never proposed.
 *
 * @throws AppError input_invalid when the shop has no row
 */
export async function readBaskets(
  { db, pool, log }: Pick<Deps, "db" | "pool" | "log">,
  { shop, fromMs, toMs }: BasketWindow,
): Promise<ShopBaskets> {
  const row = await findShop(db, shop);
  if (!row) throw new AppError("input_invalid", `${shop} has not installed the app`, false);
  const { currency } = row;
  const catalogue = await listCatalogue(pool, shop);
  const bundled = await listBundledVariants(db, shop);
  const titleOf = new Map(catalogue.map(({ key, title }) => [key, title]));
  const lines = await readOrderLines(pool, { shop, currency, fromMs, toMs }, titleOf);
  const { products, choices } = joinChoices(catalogue, sumUnits(lines), bundled);
  const priceOf = new Map(products.map(({ key, priceMinor }) => [key, priceMinor]));
  const prepared = prepareBaskets(joinLines(lines, choices), products, { currency, fromMs, untilMs: toMs });
  log.debug("prepare.read", { shop, lines: lines.count, baskets: prepared.baskets.placedAtMs.length });
  const items = prepared.baskets.items.map((item) =>
    isVariantKey(item.key) ? item : { ...item, isActive: false },
  );
  const askedPriceMinor = new Map(
    items.flatMap(({ key }, item) => {
      const priceMinor = priceOf.get(key);
      return priceMinor ? [[item, priceMinor] as const] : [];
    }),
  );
  return { ...prepared, baskets: { ...prepared.baskets, items }, askedPriceMinor, choices };
}

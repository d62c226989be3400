import { isVariantKey, listCatalogue, readOrderLines } from "#app/data/orders/basket-lines.server.ts";
import { listBundledVariants } from "#app/data/products/products.server.ts";
import { findShop, readSettings } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { joinChoices, joinLines, sumUnits, type JoinedChoices } from "#app/domain/prepare/join-choices.ts";
import { prepareBaskets, type PreparedBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { inputError } from "#app/process/errors.ts";
import {
  keepReplayStart,
  type RunRow,
  endRun,
  mergeRunReport,
  type RunKey,
} from "#app/data/runs/runs.server.ts";
import { listExcludedVariants } from "#app/data/products/catalogue.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { findReplayStart, splitForReplay, type ReplaySplit } from "#app/domain/validate/split-for-replay.ts";
import { costBesidePrice, type ShopSettings } from "#app/domain/shop-settings.ts";
import { countBaskets } from "#app/domain/prepare/baskets.ts";
import { advanceRun, runStep, type StepContext } from "#app/services/runs/run-step.server.ts";

interface BasketWindow {
  readonly shop: string;
  /** Start of the window, inclusive. */
  readonly fromMs: number;
  /** End of the window, exclusive. */
  readonly toMs: number;
}

interface ShopBaskets extends PreparedBaskets {
  /** The variants that share an item, because shoppers choose between them. */
  readonly choices: JoinedChoices["choices"];
}

/**
 * Step 2, prepare: the clean baskets of a shop, with its whole catalogue among the items, sold or not. An item is a
 * variant, or all variants of a product that is one choice of size or colour (`joinChoices`). Its key is the gid of
 * the variant, or of one variant for all. An imported line without a variant in the shop has the key `sku:…` and an
 * inactive item, which is learned from but never proposed.
 *
 * @throws AppError input_invalid when the shop has no row
 */
export async function readBaskets(
  { db, pool, log }: Pick<Deps, "db" | "pool" | "log">,
  { shop, fromMs, toMs }: BasketWindow,
): Promise<ShopBaskets> {
  const row = await findShop(db, shop);
  if (!row) throw inputError(`${shop} has not installed the app`);
  const { currency } = row;
  const catalogue = await listCatalogue(pool, shop);
  const bundled = await listBundledVariants(db, shop);
  const titleOf = new Map(catalogue.map(({ key, title }) => [key, title]));
  const lines = await readOrderLines(pool, { shop, currency, fromMs, toMs }, titleOf);
  const { products, choices } = joinChoices(catalogue, sumUnits(lines), bundled);
  const prepared = prepareBaskets(joinLines(lines, choices), products, { currency, fromMs, untilMs: toMs });
  log.debug("prepare.read", { shop, lines: lines.count, baskets: prepared.baskets.placedAtMs.length });
  const items = prepared.baskets.items.map((item) =>
    isVariantKey(item.key) ? item : { ...item, isActive: false },
  );
  return { ...prepared, baskets: { ...prepared.baskets, items }, choices };
}

interface RunBaskets extends Awaited<ReturnType<typeof readBaskets>> {
  /** The orders to learn from, and the orders to replay on. */
  readonly split: ReplaySplit;
  readonly settings: ShopSettings;
  /** Item key → index; for variants that share an item, the gid of each. */
  readonly indexOf: ReadonlyMap<string, number>;
}

/** The last run's orders: the steps of a run follow each other, usually in one process. */
let latest: { runId: string; read: ShopBaskets } | undefined;

/**
 * The orders that a run learns from, read once per process and run. Another process can find orders that arrived later,
 * including older ones, but none crosses the start of the replay, which the run stores. Excluded products are learned
 * from like products that are not on sale, and never proposed. Leaves out costs when the merchant uses a percentage
 * instead. Uses the current settings: training can take hours, and what the merchant saves during it applies to the
 * proposals. A million lines take about 30 MB until `forgetRunBaskets`.
 */
export async function readRunBaskets(deps: Deps, run: RunRow): Promise<RunBaskets> {
  const settings = await readSettings(deps.db, run.shop);
  const toMs = run.cutoffAt.getTime();
  const window = { shop: run.shop, fromMs: toMs - settings.windowDays * DAY_MS, toMs };
  const read = latest?.runId === run.id ? latest.read : await readBaskets(deps, window);
  latest = { runId: run.id, read };
  const excluded = await listExcludedVariants(deps.pool, { shop: run.shop, ...settings });
  const items = read.baskets.items.map((item) => ({
    ...item,
    isActive: item.isActive && !excluded.has(item.key),
    costMinor: costBesidePrice(settings, item.costMinor),
  }));
  const indexOf = new Map(items.map(({ key }, index) => [key, index]));
  for (const [variantGid, { itemKey }] of read.choices) indexOf.set(variantGid, indexOf.get(itemKey)!);
  const baskets = { ...read.baskets, items };
  const key = { shop: run.shop, runId: run.id };
  const replayFromAt =
    run.replayFromAt ?? (await keepReplayStart(deps.db, key, new Date(findReplayStart(baskets, toMs))));
  const split = splitForReplay(baskets, toMs, replayFromAt.getTime());
  return { ...read, baskets, split, settings, indexOf };
}

/** Releases the memory once no later step needs it. */
export function forgetRunBaskets(): void {
  latest = undefined;
}

/** Step 2, prepare: counts the usable orders, and ends the run if they are too few for one bundle. */
export async function prepareRun(deps: Deps, key: RunKey, context: StepContext): Promise<void> {
  const counts = await runStep(deps, key, "prepare", context, async ({ run, onProgress }) => {
    onProgress(0, { code: "run.readingOrders", values: {} });
    const { baskets, dropped, settings } = await readRunBaskets(deps, run);
    const orders = countBaskets(baskets);
    await mergeRunReport(deps.db, key, {
      orders,
      currency: baskets.currency,
      lines: baskets.item.length,
      items: baskets.items.length,
      customers: baskets.customerKeys.length,
      dropped,
    });
    onProgress(1, { code: "run.orders", values: { orders, products: baskets.items.length } });
    return { orders, missing: settings.minSupportOrders - orders };
  });
  if (!counts) return;
  if (counts.missing > 0) {
    forgetRunBaskets();
    const message = { code: "run.needsOrders", values: { count: counts.missing } } as const;
    await endRun(deps.db, key, { status: "succeeded", message }, context.now());
    deps.log.info("prepare.thin", { runId: key.runId, orders: counts.orders });
    return;
  }
  await advanceRun(deps, key, "behaviour", context.now());
}

import type { Deps } from "#app/services/deps.server.ts";
import { keepReplayStart, type RunRow } from "#app/data/runs/runs.server.ts";
import { listExcludedVariants } from "#app/data/products/catalogue.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { findReplayStart, splitForReplay, type ReplaySplit } from "#app/domain/validate/split-for-replay.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { readBaskets } from "./read-baskets.server.ts";

export interface RunBaskets extends Awaited<ReturnType<typeof readBaskets>> {
  /** What proposals come from, and what they are replayed on. */
  readonly split: ReplaySplit;
  readonly settings: ShopSettings;
  /** Item key → index; of variants that share an item, each one's gid. */
  readonly indexOf: ReadonlyMap<string, number>;
}

/** The last run's baskets: the steps of a run follow each other, mostly in one process. */
let latest: { runId: string; baskets: RunBaskets } | undefined;

/**
 * The orders that a run learns from, read once per process and run. Another process may find orders that came in the
 * meantime, also older ones; none of them crosses the start of the replay, which the run keeps. What the merchant
 * excludes is learned from like a product that is not on sale, and not proposed; costs are left out where the merchant
 * wants a percentage instead. A million lines take some 30 MB until `forgetRunBaskets`.
 */
export async function readRunBaskets(deps: Deps, run: RunRow): Promise<RunBaskets> {
  if (latest?.runId === run.id) return latest.baskets;
  const settings = await readSettings(deps.db, run.shop);
  const toMs = run.cutoffAt.getTime();
  const read = await readBaskets(deps, { shop: run.shop, fromMs: toMs - settings.windowDays * DAY_MS, toMs });
  const excluded = await listExcludedVariants(deps.pool, { shop: run.shop, ...settings });
  const items = read.baskets.items.map((item) => ({
    ...item,
    isActive: item.isActive && !excluded.has(item.key),
    costMinor: settings.usesShopifyCosts ? item.costMinor : null,
  }));
  const indexOf = new Map(items.map(({ key }, index) => [key, index]));
  for (const [variantGid, { itemKey }] of read.choices) indexOf.set(variantGid, indexOf.get(itemKey)!);
  const baskets = { ...read.baskets, items };
  const key = { shop: run.shop, runId: run.id };
  const replayFromAt =
    run.replayFromAt ?? (await keepReplayStart(deps.db, key, new Date(findReplayStart(baskets, toMs))));
  const split = splitForReplay(baskets, toMs, replayFromAt.getTime());
  latest = { runId: run.id, baskets: { ...read, baskets, split, settings, indexOf } };
  return latest.baskets;
}

/** Lets the memory go once no further step needs it. */
export function forgetRunBaskets(): void {
  latest = undefined;
}

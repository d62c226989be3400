import { sumByBundle } from "#app/data/visits/exposures.server.ts";
import { LIKENESSES, listSimilarBundles } from "#app/data/bundles/read-bundle-context.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

/** As the results page counts. */
const HISTORY_DAYS = 28;
const SHOWN = 5;

interface SimilarRequest {
  readonly shop: string;
  readonly bundleId: string;
  readonly now: Date;
  readonly format: ShopFormat;
  readonly words: Words;
}

/**
 * What bundles like one did in the last 28 days, the closest first and among those the most orders. Bundles that
 * nobody saw in that time tell nothing and are left out.
 *
 * Weakness: these are counts of what happened, not of what the offers caused; the results page proves that.
 */
export async function readSimilarBundles(
  deps: Deps,
  { shop, bundleId, now, format, words: { t } }: SimilarRequest,
) {
  const from = new Date(now.getTime() - HISTORY_DAYS * DAY_MS);
  const [similar, sums] = await Promise.all([
    listSimilarBundles(deps.pool, { shop, bundleId }),
    sumByBundle(deps.pool, { shop, from, to: now }),
  ]);
  const sumsOf = new Map(sums.map((sum) => [sum.bundleId, sum]));
  return similar
    .flatMap(({ bundleId: id, likeness }) => {
      const sum = sumsOf.get(id);
      return sum ? [{ ...sum, likeness }] : [];
    })
    .sort(
      (a, b) =>
        LIKENESSES.indexOf(a.likeness) - LIKENESSES.indexOf(b.likeness) || b.conversions - a.conversions,
    )
    .slice(0, SHOWN)
    .map((sum) => ({
      id: sum.bundleId,
      title: sum.title,
      likeness: t(`server:likeness.${sum.likeness}`),
      seen: format.number(sum.exposedVisitors),
      orders: format.number(sum.conversions),
      revenue: format.money(sum.revenueMinor),
      discount: format.money(sum.discountMinor),
    }));
}

import type { Deps } from "#app/services/deps.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readTimeToAnswer } from "#app/services/evaluate/read-time-to-answer.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";

/** How long the merchant waits for an answer, as text. */
export interface Waiting {
  /** By the effect that may be there. */
  readonly answers: readonly { readonly effect: string; readonly wait: string; readonly chance: string }[];
  /** By the share of visitors who are shown no offer. */
  readonly shares: readonly { readonly share: string; readonly smallest: string }[];
  /** Which part of the orders is compared; null where it is all of them. */
  readonly reach: string | null;
}

/**
 * How long until an effect would be seen with the share that is held out now, and which effect another share would show,
 * for whoever sets that share or waits for the result. Both lists are empty while nobody came or bought.
 *
 * @returns null until the installation has written the shop's row
 */
export async function readWaiting(
  deps: Pick<Deps, "db" | "pool">,
  { shop, now, words }: { shop: string; now: Date; words: Words },
): Promise<Waiting | null> {
  const row = await findShop(deps.db, shop);
  if (!row) return null;
  const format = createShopFormat(row, words.locale);
  const { traffic, answers, shares } = await readTimeToAnswer(deps, { shop, now });
  return {
    answers: answers.map(({ effectRatio, days, chance }) => ({
      effect: format.percent(effectRatio),
      wait: days === null ? words.t("waiting:never") : words.t("waiting:days", { count: days }),
      chance: format.percent(chance),
    })),
    shares: shares.map(({ holdoutRatio, smallestEffect }) => ({
      share: format.percent(holdoutRatio),
      smallest: smallestEffect === null ? words.t("server:unknown") : format.percent(smallestEffect),
    })),
    reach:
      traffic && traffic.exposableRatio < 1
        ? words.t("waiting:reach", { share: format.percent(traffic.exposableRatio) })
        : null,
  };
}

import type { Deps } from "#app/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readTimeToAnswer } from "./read-time-to-answer.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/** How long the merchant waits for an answer, as text. */
export interface Waiting {
  /** By the effect that may be there. */
  readonly answers: readonly { readonly effect: string; readonly wait: string; readonly chance: string }[];
  /** By the share of visitors who are shown no offer. */
  readonly shares: readonly { readonly share: string; readonly smallest: string }[];
}

/**
 * How long until an effect would be seen with the share that is held out now, and which effect another share would show,
 * for whoever sets that share or waits for the result. Both lists are empty while nobody came or bought.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readWaiting(
  deps: Pick<Deps, "db" | "pool">,
  { shop, now, format, words: { t } }: { shop: string; now: Date; format: ShopFormat; words: Words },
): Promise<Waiting> {
  const { answers, shares } = await readTimeToAnswer(deps, { shop, now });
  return {
    answers: answers.map(({ effectRatio, days, chance }) => ({
      effect: format.percent(effectRatio),
      wait: days === null ? t("waiting:never") : t("waiting:days", { count: days }),
      chance: format.percent(chance),
    })),
    shares: shares.map(({ holdoutRatio, smallestEffect }) => ({
      share: format.percent(holdoutRatio),
      smallest: smallestEffect === null ? t("server:unknown") : format.percent(smallestEffect),
    })),
  };
}

import { ReplayResult } from "#app/domain/propose/bundle-proposal.ts";
import { LEAST_TOGETHER } from "#app/domain/validate/replay-proposals.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/** What replaying a bundle on later orders showed, in words and figures; null when it was not replayed. */
export function describeReplay(stored: unknown, kind: string, format: ShopFormat, { t }: Words) {
  const parsed = ReplayResult.safeParse(stored);
  if (!parsed.success) return null;
  const { baskets, withAll, expectedByChance, lift, marginChangeMinor, isSupported } = parsed.data;
  return {
    isSupported,
    verdict: t(`server:verdict.${judgeReplay(parsed.data, kind)}`, {
      together: format.number(withAll),
      baskets: format.number(baskets),
      byChance: format.number(expectedByChance, 1),
      low: format.number(lift.low, 1),
      high: format.number(lift.high, 1),
    }),
    facts: [
      { term: t("server:replay.baskets"), value: format.number(baskets) },
      { term: t("server:replay.withAll"), value: format.number(withAll) },
      {
        term: t("server:replay.byChance"),
        value: format.number(expectedByChance, expectedByChance < 10 ? 1 : 0),
      },
      {
        term: t("server:replay.lift"),
        value: t("server:estimate", {
          value: format.number(lift.value, 1),
          low: format.number(lift.low, 1),
          high: format.number(lift.high, 1),
        }),
      },
      {
        term: t("server:replay.margin"),
        value: t("server:estimate", {
          value: format.roughMoney(marginChangeMinor.value),
          low: format.roughMoney(marginChangeMinor.low),
          high: format.roughMoney(marginChangeMinor.high),
        }),
      },
    ],
  };
}

/** Why the replay judged as it did, from what it counted. */
function judgeReplay({ isSupported, withAll, lift }: ReplayResult, kind: string): string {
  if (!isSupported) return withAll < LEAST_TOGETHER ? "tooFew" : "failed";
  if (withAll >= LEAST_TOGETHER && lift.low > 1) return "held";
  return kind === "seasonal" ? "seasonal" : "substitute";
}

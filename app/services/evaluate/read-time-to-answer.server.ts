import type { Deps } from "#app/services/deps.server.ts";
import { readExpectedTraffic } from "#app/data/experiment/expected-traffic.server.ts";
import { findFirstApproval } from "#app/data/experiment/experiment.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { holdoutShareOn, periodOf } from "#app/domain/evaluate/proof/measuring-period.ts";
import {
  smallestVisibleEffect,
  timeToAnswer,
  type TimeToAnswer,
} from "#app/domain/evaluate/proof/time-to-answer.ts";

/** Effects on revenue that a merchant can hope for. */
const EFFECTS = [0.05, 0.1, 0.2, 0.3] as const;
/** Holdout ratios that the settings offer in addition to the current one. */
const SHARES = [0.05, 0.1, 0.2, 0.3, 0.5] as const;
const TRAFFIC_DAYS = 28;

interface AnswerPlan {
  /** With the current holdout ratio: when each effect would be detected; none without visitors or orders. */
  readonly answers: readonly TimeToAnswer[];
  /** For each possible holdout ratio: the smallest effect detected within 90 days, 0.1 is 10 %; null if none. */
  readonly shares: readonly { readonly holdoutRatio: number; readonly smallestEffect: number | null }[];
}

/**
 * How long the merchant would wait for an answer, and how another holdout ratio changes that. For the settings and
 * results pages.
 *
 * @throws AppError input_invalid when the shop has not installed the app
 */
export async function readTimeToAnswer(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  { shop, now }: { shop: string; now: Date },
): Promise<AnswerPlan> {
  const [settings, expected, approvedAt] = await Promise.all([
    readSettings(deps.db, shop),
    deps.slowAnswers(`traffic ${shop}`, () =>
      readExpectedTraffic(deps.pool, { shop, now, days: TRAFFIC_DAYS }),
    ),
    findFirstApproval(deps.db, shop),
  ]);
  const { holdoutRatio } = settings;
  const traffic = expected && { ...expected, holdoutRatio };
  const isFirst = approvedAt === null || periodOf(now.getTime(), approvedAt.getTime()).number === 0;
  const shareOn = (day: number) => (isFirst ? holdoutShareOn(day, settings) : holdoutRatio);
  return {
    answers: traffic ? EFFECTS.map((effect) => timeToAnswer(traffic, effect, shareOn)) : [],
    shares: traffic
      ? SHARES.map((share) => ({
          holdoutRatio: share,
          smallestEffect: smallestVisibleEffect({ ...traffic, holdoutRatio: share }),
        }))
      : [],
  };
}

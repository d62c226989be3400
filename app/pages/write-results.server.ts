import type { BundleSums } from "#app/data/visits/exposures.server.ts";
import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import type { MeasuredPeriod } from "#app/data/experiment/measured-periods.server.ts";
import { monthlyWorth, toMonthly } from "#app/domain/evaluate/proof/monthly-worth.ts";
import type { MetricUplift } from "#app/domain/evaluate/proof/metrics.ts";
import { namingInstantMs, PERIOD_DAYS } from "#app/domain/evaluate/proof/measuring-period.ts";
import { restoreEstimate } from "#app/domain/evaluate/proof/period-result.ts";
import type { UpliftPoint } from "#app/domain/evaluate/proof/uplift-track.ts";
import type { Uplift } from "#app/domain/evaluate/proof/uplift.ts";
import type { Estimate } from "#app/domain/numbers/statistics.ts";
import type { Words } from "#app/locales/words.server.ts";
import { createShopFormat, type ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage, type Writing } from "#app/locales/write-message.server.ts";
import type { Results } from "#app/services/evaluate/read-results.server.ts";

/** A value and its interval, as text. */
export interface WrittenRange {
  readonly value: string;
  /** Empty while unbounded. */
  readonly interval: string;
}

/** The result that the merchant can act on. */
export interface Answer {
  readonly kind: "known" | "open" | "broken";
  readonly text: string;
  /** Consequences, or what would shorten the wait. */
  readonly more: readonly string[];
  /** How often such a range is wrong; only if known. */
  readonly howSure?: string;
}

/** A smaller share is not mentioned. */
const LEAST_TO_COME_RATIO = 0.01;

/**
 * The main result: the monthly value, or the time until it is known and how to shorten it.
 *
 * @param period the measuring period so far
 */
export function writeAnswer(
  uplift: Uplift,
  { period, holdoutRatio }: { period: Pick<Results["period"], "day" | "countedDays">; holdoutRatio: number },
  { format, words }: Writing,
): Answer {
  const { t } = words;
  const verdict = writeMessage(explainUplift(uplift), { format, words });
  if (uplift.isDrawBroken) return { kind: "broken", text: verdict, more: [] };
  const worth = monthlyWorth(uplift, { ...period, holdoutRatio });
  if (worth?.kind === "known") {
    const { value, low, high } = worth.minor;
    const range = {
      value: format.roughMoney(value),
      low: format.roughMoney(low),
      high: format.roughMoney(high),
    };
    const { toComeRatio } = uplift;
    const isLate = toComeRatio !== null && toComeRatio >= LEAST_TO_COME_RATIO;
    return {
      kind: "known",
      text: t("server:worth.known", range),
      more: [verdict, ...(isLate ? [t("server:worth.late", { share: format.percent(toComeRatio) })] : [])],
      howSure: t(`server:worth.${worth.holdsForYear ? "year" : "period"}`),
    };
  }
  if (worth === null) return { kind: "open", text: verdict, more: [] };
  const { days: left, sooner } = worth;
  const share = sooner && {
    count: sooner.days,
    days: format.number(sooner.days),
    share: format.percent(sooner.holdoutRatio),
  };
  return {
    kind: "open",
    text:
      left === null
        ? t("server:worth.tooSlow", { days: PERIOD_DAYS })
        : t("server:worth.unknown", { count: left, days: format.number(left) }),
    more: [...(share ? [t("server:worth.share", share)] : []), t("server:worth.places")],
  };
}

/** Which purchases and visitors count, if not all, and which other experiments ran. */
export function writeWhatCounts(
  { uplift, leftOutVisitors, stretches }: Pick<Results, "uplift" | "leftOutVisitors" | "stretches">,
  { format, words: { t } }: Writing,
) {
  const { critical, exposableRatio, capMinor, cappedRatio } = uplift;
  // A share of a few orders means nothing.
  const isPart = critical !== null && exposableRatio < 1;
  const cap = capMinor === null || cappedRatio === 0 ? null : format.money(capMinor);
  return [
    ...(leftOutVisitors > 0
      ? [t("results:uplift.leftOut", { visitors: format.number(leftOutVisitors) })]
      : []),
    ...stretches.map(({ kind, name, startedAt, endedAt, leftOutVisitors: visitors }) =>
      t(kind === "discount_withheld" ? "results:stretch.withheld" : "results:stretch.theme", {
        rollout: name,
        visitors: format.number(visitors),
        from: format.dateTime(startedAt),
        to: endedAt ? format.dateTime(endedAt) : t("results:stretch.now"),
      }),
    ),
    ...(isPart ? [t("results:uplift.reach", { share: format.percent(exposableRatio) })] : []),
    ...(cap ? [t("results:uplift.cap", { cap, share: writeRate(cappedRatio, format) })] : []),
  ];
}

/** Every metric of both arms, primary first. */
export function writeMetrics(metrics: readonly MetricUplift[], { format, words }: Writing) {
  return metrics.map(({ name, role, unit, treated, holdout, difference }) => {
    const write = writerOf(unit, format);
    return {
      name,
      isPrimary: role === "primary",
      treated: write(treated),
      holdout: write(holdout),
      difference: writeRange(difference, write, words),
    };
  });
}

/** A ratio with the same precision in every table. With few buyers, one decimal would hide differences. */
export function writeRate(ratio: number, format: ShopFormat): string {
  return format.percent(ratio, 2);
}

function writerOf(unit: MetricUplift["unit"], format: ShopFormat): (value: number) => string {
  if (unit === "minor") return format.money;
  return unit === "ratio" ? (ratio) => writeRate(ratio, format) : (count) => format.number(count, 4);
}

/**
 * The monthly value day by day, at the current number of visitors: numbers for a chart in units of the shop's currency,
 * and texts. If two days have the same date, because the last one has just begun, the later one is kept.
 */
export function writeTrack(
  track: readonly UpliftPoint[],
  { startMs, readToMs, countedDays }: Results["period"],
  { visitors, unitMinor, format, words }: Writing & { visitors: number; unitMinor: number },
) {
  return track
    .map(({ day, perVisitorMinor }) => {
      const { value, low, high } = toMonthly(perVisitorMinor, { visitors, countedDays });
      return {
        day: format.date(new Date(namingInstantMs(startMs, day, readToMs))),
        value: value / unitMinor,
        low: low / unitMinor,
        high: high / unitMinor,
        range: writeRange({ value, low, high }, format.roughMoney, words),
      };
    })
    .filter(({ day }, at, all) => day !== all[at + 1]?.day);
}

/** Finished periods, newest first. */
export function writeFinishedPeriods(periods: readonly MeasuredPeriod[], { format, words }: Writing) {
  const dateOf = (at: Date, day: number) => format.date(new Date(namingInstantMs(at.getTime(), day)));
  return periods.map(({ startedAt, endedAt, measuredAt, result }) => {
    const perVisitorMinor = restoreEstimate(result.perVisitorMinor);
    const judged = { ...result, perVisitorMinor, visitorsMissing: null };
    const { currency } = result;
    const { money, roughMoney } = currency
      ? createShopFormat({ currency, timeZone: "UTC" }, words.locale)
      : format;
    const isOpen = !result.isEnough && !result.isDrawBroken && result.visitors.holdout > 0;
    return {
      time: words.t("common:range", { low: dateOf(startedAt, 0), high: dateOf(endedAt, -1) }),
      measured: format.date(measuredAt),
      visitors: format.number(result.visitors.treated + result.visitors.holdout),
      perVisitor: writeRange(perVisitorMinor, money, words),
      incremental: writeRange(restoreEstimate(result.incrementalRevenueMinor), roughMoney, words),
      verdict: isOpen
        ? words.t("results:finished.open")
        : writeMessage(explainUplift(judged), { format, words }),
    };
  });
}

export function writeSales({ orders, revenueMinor, discountMinor }: BundleSums, format: ShopFormat) {
  return {
    orders: format.number(orders),
    revenue: format.money(revenueMinor),
    discount: format.money(discountMinor),
  };
}

/** A value with its interval. Without bounds, the value is "unknown" and the interval is empty. */
export function writeRange(
  { value, low, high }: Estimate,
  write: (value: number) => string,
  { t }: Words,
): WrittenRange {
  const isKnown = [value, low, high].every(Number.isFinite);
  return {
    value: isKnown ? write(value) : t("server:unknown"),
    interval: isKnown ? t("common:range", { low: write(low), high: write(high) }) : "",
  };
}

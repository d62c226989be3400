import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import type { BundleEffect } from "#app/domain/evaluate/proof/bundle-effects.ts";
import type { MeasuredPeriod } from "#app/data/experiment/measured-periods.server.ts";
import type { MonthlyWorth } from "#app/domain/evaluate/proof/monthly-worth.ts";
import type { MetricUplift } from "#app/domain/evaluate/proof/metrics.ts";
import { namingInstantMs } from "#app/domain/evaluate/proof/measuring-period.ts";
import { restoreEstimate } from "#app/domain/evaluate/proof/period-result.ts";
import type { UpliftPoint } from "#app/domain/evaluate/proof/uplift-track.ts";
import type { Uplift } from "#app/domain/evaluate/proof/uplift.ts";
import type { Estimate } from "#app/domain/numbers/estimate.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

/** What every text of the results is written with. */
export interface Writer {
  readonly format: ShopFormat;
  readonly words: Words;
}

/** A value and the interval around it, as text. */
export interface WrittenRange {
  readonly value: string;
  /** Empty while nothing bounds it. */
  readonly interval: string;
}

/** The one answer: what the offers brought, how sure that is, and what is missing to be surer. */
export function writeHeadline(uplift: Uplift, { format, words }: Writer) {
  const { isEnough, visitorsMissing, perVisitorMinor, incrementalRevenueMinor, relative } = uplift;
  return {
    verdict: writeMessage(explainUplift(uplift), { format, words }),
    isEnough,
    missing:
      visitorsMissing !== null && visitorsMissing > 0
        ? words.t("server:uplift.missing", { visitors: format.number(visitorsMissing) })
        : null,
    perVisitor: writeRange(perVisitorMinor, format.money, words),
    relative: relative ? writeRange(relative, (ratio) => format.percent(ratio, 1), words) : null,
    incremental: writeRange(incrementalRevenueMinor, format.roughMoney, words),
    reach:
      // A share of a handful of orders says nothing.
      uplift.critical !== null && uplift.exposableRatio < 1
        ? words.t("results:uplift.reach", { share: format.percent(uplift.exposableRatio) })
        : null,
    cap:
      uplift.capMinor === null || uplift.cappedRatio === 0
        ? null
        : words.t("results:uplift.cap", {
            cap: format.money(uplift.capMinor),
            share: format.percent(uplift.cappedRatio, 1),
          }),
  };
}

/** Of fewer nobody need hear. */
const LEAST_TO_COME_RATIO = 0.01;

/**
 * What the merchant can act on: the worth a month, or how long until it is known and what makes it sooner.
 *
 * @param toComeRatio share of the visitors' orders that are still to come
 */
export function writeWorth(
  worth: MonthlyWorth | null,
  toComeRatio: number | null,
  { format, words: { t } }: Writer,
): string | null {
  if (worth === null) return null;
  if (worth.kind === "known") {
    const { value, low, high } = worth.minor;
    if (![value, low, high].every(Number.isFinite)) return null;
    const range = {
      value: format.roughMoney(value),
      low: format.roughMoney(low),
      high: format.roughMoney(high),
    };
    const known = [
      t("server:worth.known", range),
      t(`server:worth.${worth.holdsForYear ? "year" : "period"}`),
    ];
    if (toComeRatio !== null && toComeRatio >= LEAST_TO_COME_RATIO)
      known.push(t("server:worth.late", { share: format.percent(toComeRatio) }));
    return known.join(" ");
  }
  const { days, sooner } = worth;
  const pace = t("server:worth.unknown", { count: days, days: format.number(days) });
  if (sooner === null) return [pace, t("server:worth.places")].join(" ");
  const share = format.percent(sooner.holdoutRatio);
  const held = t("server:worth.share", { count: sooner.days, days: format.number(sooner.days), share });
  return [pace, held, t("server:worth.places")].join(" ");
}

/** Every metric of both groups, the primary one first. */
export function writeMetrics(metrics: readonly MetricUplift[], { format, words }: Writer) {
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

function writerOf(unit: MetricUplift["unit"], format: ShopFormat): (value: number) => string {
  if (unit === "minor") return format.money;
  return unit === "ratio" ? (ratio) => format.percent(ratio, 2) : (count) => format.number(count, 4);
}

/** What each bundle changed, the most first. */
export function writeBundleEffects(
  effects: readonly BundleEffect[],
  titles: ReadonlyMap<string, string>,
  { format, words }: Writer,
) {
  return effects
    .toSorted((a, b) => b.effect.value - a.effect.value)
    .map(({ id, visitors, measured, effect }) => ({
      id,
      title: titles.get(id) ?? words.t("server:unknown"),
      visitors: format.number(visitors),
      measured: format.money(measured),
      effect: writeRange(effect, format.money, words),
    }));
}

/**
 * The primary metric day by day: numbers for a chart, in the shop's currency and not its minor units, and texts. Of two
 * days with one date, as a day that just began may share it with the one before, the later is written.
 */
export function writeTrack(
  track: readonly UpliftPoint[],
  { startMs, readToMs }: { readonly startMs: number; readonly readToMs: number },
  { format, words, unitMinor }: Writer & { readonly unitMinor: number },
) {
  return track
    .map(({ day, perVisitorMinor: { value, low, high } }) => ({
      day: format.date(new Date(namingInstantMs(startMs, day, readToMs))),
      value: value / unitMinor,
      low: low / unitMinor,
      high: high / unitMinor,
      range: writeRange({ value, low, high }, format.money, words),
    }))
    .filter(({ day }, at, all) => day !== all[at + 1]?.day);
}

/** Periods that have ended, the newest first. */
export function writeFinishedPeriods(periods: readonly MeasuredPeriod[], { format, words }: Writer) {
  const dateOf = (at: Date, day: number) => format.date(new Date(namingInstantMs(at.getTime(), day)));
  return periods.map(({ startedAt, endedAt, measuredAt, result }) => {
    const perVisitorMinor = restoreEstimate(result.perVisitorMinor);
    const judged = { ...result, perVisitorMinor, visitorsMissing: null };
    const isOpen = !result.isEnough && !result.isDrawBroken && result.visitors.holdout > 0;
    return {
      time: words.t("common:range", { low: dateOf(startedAt, 0), high: dateOf(endedAt, -1) }),
      measured: format.date(measuredAt),
      visitors: format.number(result.visitors.treated + result.visitors.holdout),
      perVisitor: writeRange(perVisitorMinor, format.money, words),
      incremental: writeRange(restoreEstimate(result.incrementalRevenueMinor), format.roughMoney, words),
      verdict: isOpen
        ? words.t("results:finished.open")
        : writeMessage(explainUplift(judged), { format, words }),
    };
  });
}

/** Value and interval; an interval without bounds says so instead of showing a sign for infinity. */
function writeRange(
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

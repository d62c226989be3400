import type { Writer } from "#app/pages/write-results.server.ts";
import { areChosenBefore, LEFT_OUT_REASONS } from "#app/domain/evaluate/proof/left-out-days.ts";
import type { Results } from "#app/services/evaluate/read-results.server.ts";

/** What is on record of days that the merchant leaves out, and what may be put there. */
export function writeLeaveOut(
  { leftOutDays, withoutLateDays }: Pick<Results, "leftOutDays" | "withoutLateDays">,
  { format, words: { t } }: Writer,
) {
  const estimate = withoutLateDays?.perVisitorMinor;
  return {
    reasons: LEFT_OUT_REASONS,
    days: leftOutDays.map((days) =>
      t(`results:leaveOut.${areChosenBefore(days) ? "before" : "after"}`, {
        from: format.date(days.from),
        to: format.date(new Date(days.to.getTime() - 1)),
        reason: t(`results:leaveOut.reason.${days.reason}`),
        visitors: format.number(days.leftOutVisitors),
        notedOn: format.dateTime(days.notedAt),
      }),
    ),
    without:
      estimate && Number.isFinite(estimate.high)
        ? t("results:leaveOut.without", {
            value: format.money(estimate.value),
            low: format.money(estimate.low),
            high: format.money(estimate.high),
          })
        : null,
  };
}

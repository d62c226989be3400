import { z } from "zod";
import { saveLeftOutDays } from "#app/data/experiment/experiment.server.ts";
import { readKeptShop } from "#app/data/shops/shops.server.ts";
import {
  LEFT_OUT_REASONS,
  MOST_LEFT_OUT_DAYS,
  readTypedDays,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { usableTimeZone } from "#app/domain/time.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";

const Typed = z.object({
  firstDay: z.string(),
  lastDay: z.string(),
  reason: z.enum(LEFT_OUT_REASONS),
});

/**
 * Step 8, evaluate: records that the merchant leaves days out of the measurement, and why.
 *
 * @param typed the fields of the form
 * @returns whether it was recorded, with a sentence for the merchant
 */
export async function leaveOutDays(
  { db }: Pick<Deps, "db">,
  { shop, typed, now, words: { t } }: Asked & { typed: Record<string, unknown> },
): Promise<{ ok: boolean; message: string }> {
  const form = Typed.safeParse(typed);
  if (!form.success) return { ok: false, message: t("results:leaveOut.days_unreadable") };
  const timeZone = usableTimeZone((await readKeptShop(db, shop)).timeZone);
  const days = readTypedDays(form.data, { timeZone, now });
  if (!days.ok) {
    return { ok: false, message: t(`results:leaveOut.${days.reason}`, { days: MOST_LEFT_OUT_DAYS }) };
  }
  const ok = await saveLeftOutDays(db, shop, {
    ...days.value,
    reason: form.data.reason,
    notedAt: now,
  });
  return { ok, message: t(`results:leaveOut.${ok ? "noted" : "already"}`) };
}

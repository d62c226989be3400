import type { Deps } from "#app/deps.server.ts";
import { ShopSettings } from "#app/domain/validate/shop-settings.ts";
import { saveSettings, type FieldProblem } from "./save-settings.server.ts";

/** Settings that are typed as percent and kept as a share of 1. */
const PERCENT_FIELDS: ReadonlySet<string> = new Set([
  "holdoutRatio",
  "maxDiscountRatio",
  "marginFloorRatio",
  "assumedMarginRatio",
]);
/** Percent are kept to four digits, so that 7 % is 0.07 and not 0.07000000000000001. */
const RATIO_DIGITS = 6;

interface SettingsOutcome {
  readonly ok: boolean;
  readonly message: string;
  readonly problems: readonly FieldProblem[];
}

/**
 * Saves the settings as they were typed, or says beside which field what is wrong and changes nothing.
 *
 * @param typed field names of `ShopSettings` with what stood in the fields
 */
export async function saveTypedSettings(
  deps: Deps,
  { shop, typed, now }: { shop: string; typed: Readonly<Record<string, unknown>>; now: Date },
): Promise<SettingsOutcome> {
  const notNumbers = Object.entries(typed).filter(([, text]) => toNumber(text) === null);
  if (notNumbers.length > 0) {
    return {
      ok: false,
      message: "Please correct the marked fields.",
      problems: notNumbers.map(([field]) => ({ field, message: "Enter a number" })),
    };
  }
  const changes = Object.fromEntries(
    Object.entries(typed).map(([name, text]) => {
      const value = toNumber(text)!;
      return [name, PERCENT_FIELDS.has(name) ? Number((value / 100).toFixed(RATIO_DIGITS)) : value];
    }),
  );
  const saved = await saveSettings(deps, { shop, changes, now });
  if (saved.ok) return { ok: true, message: "Saved", problems: [] };
  if (saved.reason === "not_installed") {
    return { ok: false, message: "Your shop is still being set up. Try again in a minute.", problems: [] };
  }
  return {
    ok: false,
    message: "Please correct the marked fields.",
    problems: (saved.problems ?? []).map(({ field }) => ({ field, message: describeLimits(field) })),
  };
}

/** The limits of a field as they are typed; the schema's own sentence speaks of shares of 1. */
function describeLimits(field: string): string {
  const schema = (
    ShopSettings.shape as Record<string, (typeof ShopSettings.shape)[keyof typeof ShopSettings.shape]>
  )[field];
  if (!schema) return "This setting does not exist";
  const { minValue, maxValue } = schema.unwrap();
  const factor = PERCENT_FIELDS.has(field) ? 100 : 1;
  const unit = factor === 1 ? "" : " %";
  return `Enter a ${factor === 1 ? "whole " : ""}number from ${Math.round((minValue ?? 0) * factor)} to ${Math.round((maxValue ?? 0) * factor)}${unit}`;
}

function toNumber(text: unknown): number | null {
  if (typeof text !== "string" || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

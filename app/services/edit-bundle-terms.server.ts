import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { findShop } from "#app/data/read-home.server.ts";
import { zonedDayEndMs, zonedDayStartMs } from "#app/domain/zoned-day.ts";
import { editBundle } from "./edit-bundle.server.ts";
import { usableTimeZone } from "./shop-format.server.ts";

/** What the merchant typed, as it stood in the fields. */
export interface TermsInput {
  readonly title: string;
  /** "12" is 12 %. */
  readonly discountPercent: string;
  /** Days of the shop's own calendar, "2026-12-24"; empty for none. The last day counts whole. */
  readonly startsOn: string;
  readonly endsOn: string;
  readonly quantities: readonly string[];
  /** Whether shoppers may take another variant of a component's product; what is absent stays. */
  readonly letsShopperChoose?: boolean | undefined;
}

export interface FieldMessage {
  readonly field: keyof TermsInput;
  readonly message: string;
}

type TermsOutcome =
  | { readonly ok: true; readonly warnings: readonly FieldMessage[] }
  | { readonly ok: false; readonly message: string; readonly problems: readonly FieldMessage[] };

/** Changes a bundle to what the merchant typed, or says beside which field what is wrong and changes nothing. */
export async function editBundleTerms(
  deps: Deps,
  {
    input,
    words: { t },
    ...where
  }: {
    shop: string;
    bundleId: string;
    decidedBy: string;
    now: Date;
    words: Words;
    input: TermsInput;
  },
): Promise<TermsOutcome> {
  const shop = await findShop(deps.db, where);
  const timeZone = usableTimeZone(shop?.timeZone ?? "UTC");
  const startsAtMs = input.startsOn ? zonedDayStartMs(input.startsOn, timeZone) : null;
  const endsAtMs = input.endsOn ? zonedDayEndMs(input.endsOn, timeZone) : null;
  const badDays: FieldMessage[] = [
    ...(input.startsOn && startsAtMs === null
      ? [{ field: "startsOn" as const, message: t("server:noSuchDay") }]
      : []),
    ...(input.endsOn && endsAtMs === null
      ? [{ field: "endsOn" as const, message: t("server:noSuchDay") }]
      : []),
  ];
  if (badDays.length > 0) return { ok: false, message: t("server:correctFields"), problems: badDays };
  const edited = await editBundle(deps, {
    ...where,
    changes: {
      title: input.title,
      discountRatio: toNumber(input.discountPercent) / 100,
      startsAt: startsAtMs === null ? null : new Date(startsAtMs),
      endsAt: endsAtMs === null ? null : new Date(endsAtMs),
      quantities: input.quantities.map(toNumber),
      letsShopperChoose: input.letsShopperChoose,
    },
  });
  if (edited.ok) return { ok: true, warnings: edited.value.warnings.map(toFieldMessage) };
  const problems = (edited.problems ?? []).map(toFieldMessage);
  return {
    ok: false,
    message: problems.length > 0 ? t("server:correctFields") : (edited.detail ?? t("server:notChanged")),
    problems,
  };
}

const FIELD: Readonly<Record<string, keyof TermsInput>> = {
  title: "title",
  discountRatio: "discountPercent",
  startsAt: "startsOn",
  endsAt: "endsOn",
  quantities: "quantities",
};

/** "quantities.1" is about the quantities. */
function toFieldMessage({ field, message }: { field: string; message: string }): FieldMessage {
  return { field: FIELD[field.split(".")[0] ?? ""] ?? "title", message };
}

/** An empty field is no number, though `Number("")` is 0. */
function toNumber(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

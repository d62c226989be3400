import type { Words } from "#app/locales/words.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { EditProblem } from "#app/domain/validate/check-bundle-edit.ts";
import { TermsForm, type TermsInput } from "#app/domain/validate/terms-form.ts";
import { zonedDayEndMs, zonedDayStartMs } from "#app/domain/zoned-day.ts";
import { editBundle } from "./edit-bundle.server.ts";
import { createShopFormat, usableTimeZone } from "#app/locales/shop-format.server.ts";
import { writeValues } from "#app/locales/write-message.server.ts";

export interface FieldMessage {
  readonly field: keyof TermsInput;
  readonly message: string;
}

type TermsOutcome =
  | { readonly ok: true; readonly warnings: readonly FieldMessage[] }
  | { readonly ok: false; readonly message: string; readonly problems: readonly FieldMessage[] };

interface TermsRequest {
  readonly shop: string;
  readonly bundleId: string;
  readonly decidedBy: string;
  readonly now: Date;
  readonly words: Words;
  /** `TermsInput` of an honest page, the fields that were changed; anything of another. */
  readonly typed: unknown;
}

/** Changes of a bundle what the merchant typed anew, or says beside which field what is wrong and changes nothing. */
export async function editBundleTerms(
  deps: Deps,
  { typed, words, ...where }: TermsRequest,
): Promise<TermsOutcome> {
  const { t } = words;
  const shop = await findShop(deps.db, where.shop);
  const timeZone = usableTimeZone(shop?.timeZone ?? "UTC");
  const format = createShopFormat({ currency: shop?.currency ?? "USD", timeZone }, words.locale);
  const toFieldMessage = ({ field, code, values = {} }: EditProblem): FieldMessage => ({
    field: toTypedField(field),
    message: t([`edit:${code}`, "edit:invalid"], writeValues(values, { format, words })),
  });
  const refuse = (problems: readonly EditProblem[]): TermsOutcome => ({
    ok: false,
    message: t("server:correctFields"),
    problems: problems.map(toFieldMessage),
  });

  const parsed = TermsForm.safeParse(typed);
  if (!parsed.success) {
    return refuse(parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), code: message })));
  }
  const { startsOn, endsOn, discountPercent, ...changes } = parsed.data;
  const edited = await editBundle(deps, {
    ...where,
    changes: {
      ...changes,
      discountRatio: discountPercent,
      startsAt: toInstant(startsOn && zonedDayStartMs(startsOn, timeZone)),
      endsAt: toInstant(endsOn && zonedDayEndMs(endsOn, timeZone)),
    },
  });
  if (edited.ok) return { ok: true, warnings: edited.value.warnings.map(toFieldMessage) };
  if (edited.problems) return refuse(edited.problems);
  return { ok: false, message: t("server:notChanged"), problems: [] };
}

const FIELD: Readonly<Record<string, keyof TermsInput>> = {
  title: "title",
  discountRatio: "discountPercent",
  discountPercent: "discountPercent",
  startsAt: "startsOn",
  startsOn: "startsOn",
  endsAt: "endsOn",
  endsOn: "endsOn",
  quantities: "components",
  components: "components",
  placement: "placement",
  countries: "countries",
  note: "note",
};

/** "quantities.1" is about the products. */
function toTypedField(field: string): keyof TermsInput {
  return FIELD[field.split(".")[0] ?? ""] ?? "title";
}

/** Null where the day was taken away, undefined where it was left as it is. */
function toInstant(ms: number | "" | null | undefined): Date | null | undefined {
  if (ms === undefined) return undefined;
  return ms === "" || ms === null ? null : new Date(ms);
}

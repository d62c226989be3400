import { z } from "zod";
import { changesOf, type LoggedAction } from "#app/domain/validate/decide.ts";
import { StoredSteering } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { writeStored, type Writing } from "#app/locales/write-message.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { DecisionConflict } from "#app/services/validate/decide-bundle.server.ts";
import { openShop } from "./open-shop.server.ts";

interface DecisionRow {
  readonly id: string;
  readonly action: LoggedAction;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly detail: unknown;
}

const FIELDS = [
  "title",
  "discountRatio",
  "startsAt",
  "endsAt",
  "quantities",
  "components",
  "letsShopperChoose",
  "placement",
  "countries",
  "note",
  "terms",
  "titles",
  "timesPerOrder",
];

/**
 * One entry of a bundle's history: the action, the person and the time.
 *
 * @param viewer the reader's id, in the form of `decidedBy`
 */
export function toDecisionView(
  { id, action, decidedBy, decidedAt, detail }: DecisionRow,
  { viewer, format, words }: Writing & { viewer: string },
) {
  const { t } = words;
  return {
    id,
    what: [t(`server:action.${action}`), describeChanges(detail, { format, words })]
      .filter(Boolean)
      .join(": "),
    /** The autopilot's reason; null for people. */
    why: describeReason(detail, { format, words }),
    who: describePerson(decidedBy, viewer, words),
    at: format.dateTime(decidedAt),
  };
}

/** The app knows only the id of a staff member: Shopify's session token has no name. */
export function describePerson(decidedBy: string, viewer: string, { t }: Words): string {
  if (decidedBy === viewer) return t("server:person.you");
  if (decidedBy === "autopilot") return t("server:person.autopilot");
  if (decidedBy === "system") return "Bundlesmith";
  if (decidedBy === "flow") return "Shopify Flow";
  return t("server:person.staff", { id: decidedBy });
}

function describeReason(detail: unknown, writing: Writing): string | null {
  const { data } = z.object({ reason: z.unknown() }).safeParse(detail);
  return data ? writeStored(StoredSteering, data.reason, writing) : null;
}

/** Short values are shown with their old and new value, so that a change can be undone by hand. */
function describeChanges(detail: unknown, { format, words: { t } }: Writing): string {
  return changesOf(detail)
    .map(({ field, from, to }) => {
      const name = FIELDS.includes(field) ? t(`server:field.${field}`) : field;
      const [was, is] = [from, to].map((value) => writeValue(field, value, format));
      return was && is && was !== is ? `${name} ${was} → ${is}` : name;
    })
    .join(t("common:listSeparator"));
}

/** Null for a value that needs more than a few words. */
function writeValue(field: string, value: unknown, format: ShopFormat): string | null {
  if (value === null) return "–";
  if (field === "title" && typeof value === "string") return value;
  if (field === "discountRatio" && typeof value === "number") return format.percent(value, 1);
  if (field === "quantities" && Array.isArray(value)) return value.join("/");
  const isDay = (field === "startsAt" || field === "endsAt") && typeof value === "string";
  return isDay ? format.date(new Date(value)) : null;
}

/** Describes conflicts: the decisions on bundles since the page was drawn. */
export async function describeConflicts(
  { db }: Pick<Deps, "db">,
  {
    shop,
    viewer,
    decided,
    words,
    wished = "decision",
  }: {
    shop: string;
    viewer: string;
    decided: readonly DecisionConflict[];
    words: Words;
    /** `edits` is a bulk edit, after which the page keeps no typed values. */
    wished?: "decision" | "edit" | "edits";
  },
) {
  if (decided.length === 0) return [];
  const { format } = await openShop({ db }, { shop, words });
  return decided.map(({ bundleId, title, status, isStillPossible, ...decision }) => {
    const entry = { detail: null, ...decision, id: bundleId };
    const { what, who, at } = toDecisionView(entry, { viewer, format, words });
    return {
      bundleId,
      title,
      status,
      isStillPossible,
      text: words.t(`server:${wished}Conflict`, { what, who, at }),
    };
  });
}

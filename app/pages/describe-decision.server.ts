import { z } from "zod";
import type { LoggedAction } from "#app/domain/validate/decide.ts";
import { StoredSteering } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeStored, type Writing } from "#app/locales/write-message.server.ts";

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
 * One entry of a bundle's history: what was done, by whom and when.
 *
 * @param viewer who reads it, as `decidedBy` names people
 */
export function toDecisionView(
  { id, action, decidedBy, decidedAt, detail }: DecisionRow,
  { viewer, format, words }: { viewer: string; format: ShopFormat; words: Words },
) {
  const { t } = words;
  return {
    id,
    what: [t(`server:action.${action}`), describeChanges(detail, words)].filter(Boolean).join(": "),
    /** The autopilot's reason; null where people decide, who give none. */
    why: describeReason(detail, { format, words }),
    who: describePerson(decidedBy, viewer, words),
    at: format.dateTime(decidedAt),
  };
}

/** Shopify's session token carries a staff member's number and no name, and the app keeps no more than that. */
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

const EditDetail = z.object({
  before: z.record(z.string(), z.unknown()).optional(),
  changes: z.record(z.string(), z.unknown()),
});

/** The fields that an edit really changed: its entry may name others, that were left as they were. */
function describeChanges(detail: unknown, { t }: Words): string {
  const parsed = EditDetail.safeParse(detail);
  if (!parsed.success) return "";
  const { before = {}, changes } = parsed.data;
  return Object.keys(changes)
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(changes[field]))
    .map((field) => (FIELDS.includes(field) ? t(`server:field.${field}`) : field))
    .join(t("common:listSeparator"));
}

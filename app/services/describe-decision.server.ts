import { z } from "zod";
import type { ShopFormat } from "./shop-format.server.ts";

interface DecisionRow {
  readonly id: string;
  readonly action: string;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly detail: unknown;
}

const ACTION_TEXT: Readonly<Record<string, string>> = {
  approve: "Approved",
  reject: "Rejected",
  pause: "Paused",
  resume: "Resumed",
  undo: "Taken back",
  edit: "Changed",
  retire: "Ended",
};

const FIELD_TEXT: Readonly<Record<string, string>> = {
  title: "title",
  discountRatio: "discount",
  startsAt: "first day",
  endsAt: "last day",
  quantities: "quantities",
};

/**
 * One entry of a bundle's history: what was done, by whom and when.
 *
 * @param viewer who reads it, as `decidedBy` names people
 */
export function toDecisionView(
  { id, action, decidedBy, decidedAt, detail }: DecisionRow,
  { viewer, format }: { viewer: string; format: ShopFormat },
) {
  return {
    id,
    what: [ACTION_TEXT[action] ?? action, describeChanges(detail)].filter(Boolean).join(": "),
    who: describePerson(decidedBy, viewer),
    at: format.dateTime(decidedAt),
  };
}

/** Shopify's session token carries a staff member's number and no name, and the app keeps no more than that. */
function describePerson(decidedBy: string, viewer: string): string {
  if (decidedBy === viewer) return "You";
  if (decidedBy === "autopilot") return "Autopilot";
  if (decidedBy === "system") return "Bundlesmith";
  return `Staff member ${decidedBy}`;
}

const EditDetail = z.object({
  before: z.record(z.string(), z.unknown()).optional(),
  changes: z.record(z.string(), z.unknown()),
});

/** The fields that an edit really changed: a form sends all of them, also those left as they were. */
function describeChanges(detail: unknown): string {
  const parsed = EditDetail.safeParse(detail);
  if (!parsed.success) return "";
  const { before = {}, changes } = parsed.data;
  return Object.keys(changes)
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(changes[field]))
    .map((field) => FIELD_TEXT[field] ?? field)
    .join(", ");
}

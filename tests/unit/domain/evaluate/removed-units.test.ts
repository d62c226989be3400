import { describe, expect, it } from "vitest";
import { countRemovedUnits, type ReportedRefund } from "#app/domain/evaluate/attribute-discounts.ts";

const ofLine = (lineGid: string, quantity: number, amountMinor = 500): ReportedRefund => ({
  amountMinor,
  lines: [{ lineGid, quantity }],
});
const sumAlone = (amountMinor: number): ReportedRefund => ({ amountMinor, lines: [] });

describe("countRemovedUnits", () => {
  it.each<[string, ReportedRefund[], number]>([
    ["all of them without a refund", [], 3],
    ["those that no refund names", [ofLine("a", 1), ofLine("a", 1)], 1],
    ["all of them where only other lines were refunded", [ofLine("b", 3)], 3],
    ["none where refunds name more than there are", [ofLine("a", 4)], 0],
    ["none where a sum was refunded and nobody knows for what", [sumAlone(1)], 0],
    ["all of them beside a refund of nothing, as Shopify notes an edit", [sumAlone(0)], 3],
  ])("counts %s", (_, refunds, units) => {
    expect(countRemovedUnits({ lineGid: "a", refundedQuantity: 3 }, refunds)).toBe(units);
  });
});

import { describe, expect, it } from "vitest";
import { readRefundReason } from "#app/domain/collect/refund-reason.ts";

describe("the reason of a refund", () => {
  it.each([
    ["", "unsaid"],
    ["   ", "unsaid"],
    [null, "unsaid"],
    ["agreed on the phone with Mrs Miller", "other"],
    ["chocolate bar, plates", "other"],
    ["it broke during shipping", "damaged"],
    ["wrong size", "size"],
    ["Wrong item sent", "wrong_item"],
    ["Zu klein, bitte umtauschen", "size"],
    ["Ware beschädigt", "damaged"],
    ["nicht wie beschrieben", "not_as_described"],
    ["Talla incorrecta", "size"],
    ["llegó tarde", "late"],
    ["jamais arrivé", "late"],
    ["le client a changé d'avis", "unwanted"],
    ["サイズが合わない", "size"],
    ["商品有瑕疵", "damaged"],
  ])("that says “%s” is %s", (note, reason) => {
    expect(readRefundReason(note, { isShipped: true })).toBe(reason);
  });

  it("is that nothing was shipped, whatever was noted", () => {
    expect(readRefundReason("too late", { isShipped: false })).toBe("not_shipped");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BREAK_SCOPES } from "#app/domain/offer/offer.ts";
import { NEW_FIELDS } from "#app/domain/validate/offer-fields.ts";
import {
  readOfferHeader,
  readOfferRow,
  writeOfferHeader,
  writeOfferRow,
  type FiledOffer,
} from "#app/domain/validate/offer-file.ts";

describe("readOfferHeader", () => {
  it.each([
    [["kind", "title", "products", "colour"], "unknown", "colour"],
    [["kind", "title", "products", "title_german"], "unknown", "title_german"],
    [["kind", "title", "Kind", "products"], "twice", "kind"],
    [["kind", "products"], "lacking", "title"],
  ])("refuses %j: %s %s", (cells, reason, detail) => {
    expect(readOfferHeader(cells)).toEqual({ ok: false, reason, detail });
  });

  it("accepts columns in any order and case", () => {
    const header = readOfferHeader([" Products", "TITLE", "kind", "title_pt-BR"]);
    expect(header).toEqual({ ok: true, value: ["products", "title", "kind", "title_pt-BR"] });
  });
});

describe("readOfferRow", () => {
  it("names each column with an unknown value", () => {
    const header = ["kind", "title", "products", "placement", "repeats"];
    const row = readOfferRow(header, ["bundle", "Tea", "tea*2", "nowhere", "maybe"]);
    expect(row).toEqual({ ok: false, columns: ["kind", "repeats", "placement"] });
  });

  it("accepts a short row and fills in the defaults of a new offer", () => {
    const row = readOfferRow(["kind", "title", "products", "reward"], ["Set", "Tea", "tea-pot cup*4"]);
    expect(row).toMatchObject({
      ok: true,
      value: {
        offer: { kind: "set", rewardType: "percent", rewardValue: "" },
        products: [
          { name: "tea-pot", quantity: "1", isGift: false },
          { name: "cup", quantity: "4", isGift: false },
        ],
        placement: "everywhere",
        letsShopperChoose: true,
      },
    });
  });

  it("reads back an exported row of every kind", () => {
    const number = fc.integer({ min: 1, max: 99 }).map(String);
    const text = fc.string({ minLength: 1 }).map((one) => `x${one}x`);
    const reward = { rewardType: fc.constantFrom("percent" as const, "price" as const), rewardValue: number };
    const offer = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), ...reward }),
      fc.record({
        kind: fc.constant("range" as const),
        ...reward,
        units: number,
        allowsRepeats: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("breaks" as const),
        rewardType: fc.constant("amount" as const),
        rewardValue: fc.constant(""),
        scope: fc.constantFrom(...BREAK_SCOPES),
        tiers: fc.array(fc.record({ units: number, value: number }), { minLength: 1, maxLength: 6 }),
      }),
      fc.record({
        kind: fc.constant("gift" as const),
        rewardValue: number,
        spend: fc.constantFrom("", "50.00"),
      }),
    );
    const filed = fc.record({
      title: text,
      titles: fc.constantFrom({}, { de: "Tee", "pt-BR": "=Chá" }),
      startsOn: fc.constantFrom("", "2026-12-01"),
      endsOn: fc.constantFrom("", "2026-12-24T18:30"),
      timesPerOrder: fc.constantFrom("", "3"),
      countries: fc.subarray(["AT", "DE"]),
      placement: fc.constantFrom("everywhere", "cart"),
      letsShopperChoose: fc.boolean(),
      note: fc.constantFrom("", "two\nlines"),
      collection: fc.constantFrom(null, "77"),
      products: fc.constant([
        { name: "123", quantity: "2", isGift: false },
        { name: "456", quantity: "1", isGift: false },
      ]),
    });
    fc.assert(
      fc.property(offer, filed, (fields, rest) => {
        const isGift = fields.kind === "gift";
        const given: FiledOffer = {
          ...rest,
          offer: {
            ...NEW_FIELDS,
            ...fields,
            tiers: "tiers" in fields ? fields.tiers : [],
            units: "units" in fields ? fields.units : "",
            ...(isGift ? { giftPercent: fields.rewardValue, countsSpend: fields.spend !== "" } : {}),
          },
          products: [...rest.products, ...(isGift ? [{ name: "789", quantity: "1", isGift }] : [])],
        };
        const languages = Object.keys(rest.titles);
        const header = writeOfferHeader(languages);
        const cells = writeOfferRow(given, { languages, status: "proposed", productTitles: "Tea + Cup" });
        expect(readOfferHeader(header)).toEqual({ ok: true, value: header });
        const read = readOfferRow(header, cells);
        if (!isGift)
          expect(read).toMatchObject({ ok: true, value: { offer: { giftPercent: expect.any(String) } } });
        expect(read).toMatchObject({
          ok: true,
          value: { ...given, offer: isGift ? { kind: "gift", giftPercent: fields.rewardValue } : fields },
        });
      }),
    );
  });
});

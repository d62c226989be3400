import { describe, expect, it } from "vitest";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import { NamedRefusal, nameRefusals } from "#app/services/propose/run-drafts.server.ts";

const item = (title: string, stockUnits: number | null) => ({
  key: title,
  title,
  category: "",
  priceMinor: 1_000,
  costMinor: null,
  stockUnits,
  isActive: true,
});
const ITEMS = [item("Kettle", null), item("Tea", 0)];
const words = openWords("en");
const format = createShopFormat({ currency: "USD", timeZone: "UTC" }, words.locale);
const write = (stored: unknown) => {
  const refusals: unknown = JSON.parse(JSON.stringify(stored));
  return NamedRefusal.array()
    .parse(refusals)
    .map(({ reason }) => writeMessage(reason, { format, words }));
};

describe("combination with a product without stock", () => {
  const reason = { code: "refused.outOfStock", values: {} } as const;

  it("is refused with the name of that product", () => {
    expect(write(nameRefusals([{ components: [0, 1], reason }], ITEMS))).toEqual(["Tea is out of stock"]);
  });

  it("still reads well if an older run did not store the name", () => {
    expect(write([{ components: ["Kettle", "Tea"], reason }])).toEqual(["a component is out of stock"]);
  });
});

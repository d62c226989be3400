import { expect, it } from "vitest";
import { readOffers } from "#tests/standin/simulator/shopper.ts";

const offer = (parts: string) =>
  `<div class="bundlesmith__offer" data-bundlesmith-offer="a" data-price="900">${parts}<noscript></noscript></div>`;
const only = `<input type="hidden" name="items[0][id]" value="11"><input type="hidden" name="items[0][quantity]" value="2">`;
const select = (more: string) =>
  `<select name="items[1][id]"${more}><option value="21">Oat</option><option value="22" selected>White</option></select>
   <input type="hidden" name="items[1][quantity]" value="1">`;

it("a simulated shopper buys the only variant of a part, and the chosen one of several", () => {
  expect(readOffers(offer(only + select("")))).toEqual([
    {
      bundleId: "a",
      priceMinor: 900,
      items: [
        { id: 11, quantity: 2 },
        { id: 22, quantity: 1 },
      ],
    },
  ]);
  expect(readOffers(offer(select("")))).toMatchObject([{ items: [{ id: 22 }] }]);
});

it("a simulated shopper skips an offer without a chosen variant", () => {
  expect(readOffers(offer(select(" disabled")))).toEqual([]);
  expect(readOffers(offer(select("").replace(" selected", "")))).toEqual([]);
});

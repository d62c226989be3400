import { join } from "node:path";
import { expect, it } from "vitest";
import { writeRules } from "#app/domain/offer/offer-rule.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");

it("isolates a variant's name, such as 100 ml, from the direction of a right-to-left page", async () => {
  const variant = (id: number, title: string) => ({
    id,
    title,
    price: 1_000,
    available: true,
    product: { title: `Tea ${id}`, has_only_default_variant: false, variants: [] },
  });
  const value = writeRules({
    countsSubscriptions: false,
    rejectsCodes: false,
    offers: [
      {
        kind: "set",
        id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f",
        title: "Tea set",
        titles: {},
        place: null,
        lastDay: null,
        countries: [],
        times: null,
        reward: { type: "percent", basisPoints: 1_500 },
        parts: ["11", "22"].map((id) => ({ variant: id, quantity: 1, product: null })),
      },
    ],
  });
  const variants = [variant(11, "100 ml"), variant(22, "50 ml")];
  const product = {
    id: 1,
    metafields: { $app: { offers: { value }, bundle_variants: { value: variants } } },
  };
  const [block] = await new ThemeExtension(FOLDER, { currency: "EUR", locale: "ar" }).renderBlocks(
    "product",
    "section",
    {
      product,
      cart: { currency: { iso_code: "EUR" } },
      request: { design_mode: false },
      routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
    },
  );
  expect(block!.html).toContain("<bdi>100 ml</bdi>");
});

import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { writeRules, type OfferRule, type RuleReward } from "#app/domain/offer/offer-rule.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");
describe("the compact block in a product list", () => {
  const variant = (id: number, more: object = {}) => ({
    id,
    price: 1_000,
    available: true,
    title: "Default Title",
    product: { title: `Tea ${id}`, has_only_default_variant: true },
    ...more,
  });
  const part = (id: string) => ({ variant: id, quantity: 1, product: null });
  const productOf = (
    id: number,
    other: object = {},
    rule: Partial<Omit<OfferRule & { kind: "set" }, "kind" | "parts">> = {},
    countsSubscriptions = false,
  ) => {
    const offer: OfferRule = {
      kind: "set",
      id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f",
      title: "Tea set",
      titles: {},
      place: null,
      lastDay: null,
      countries: [],
      times: null,
      reward: { type: "percent", basisPoints: 1_500 },
      ...rule,
      parts: [part("11"), part("22")],
    };
    const value = writeRules({ countsSubscriptions, rejectsCodes: false, offers: [offer] });
    const variants = [variant(11), variant(22, other)];
    return { id, metafields: { $app: { offers: { value }, bundle_variants: { value: variants } } } };
  };
  const draw = async (product: object, more: object = {}, chosen: Record<string, unknown> = {}) => {
    const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
    const blocks = await extension.renderBlocks(
      "collection",
      "section",
      {
        product,
        request: { design_mode: false },
        routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
        ...more,
      },
      chosen,
    );
    return blocks.map(({ html }) => html).join("");
  };

  it("is hidden from B2B customers only, and only if the merchant chose so", async () => {
    const company = { customer: { "b2b?": true } };
    const hide = { hide_b2b: true };
    expect(await draw(productOf(1), company)).toContain("data-bundlesmith-offer");
    const person = { customer: { "b2b?": false } };
    expect(await draw(productOf(1), person, hide)).toContain("data-bundlesmith-offer");
    expect(await draw(productOf(1), company, hide)).not.toContain('class="bundlesmith__offer"');
  });

  it("draws nothing for a product without an offer, or with an offer that cannot be bought", async () => {
    expect(await draw({ id: 1, metafields: { $app: {} } })).not.toContain('class="bundlesmith__offer"');
    expect(await draw(productOf(1, { available: false }))).not.toContain('class="bundlesmith__offer"');
    expect(await draw(productOf(1, { price: 0 }))).not.toContain('class="bundlesmith__offer"');
    expect(await draw(productOf(1, { "quantity_price_breaks_configured?": true }))).not.toContain(
      'class="bundlesmith__offer"',
    );
  });

  it("is not drawn once its last day is over", async () => {
    const isDrawn = async (lastDay: number) =>
      (await draw(productOf(1, {}, { lastDay }))).includes("data-bundlesmith-offer");
    expect(await isDrawn(20200101)).toBe(false);
    expect(await isDrawn(20990101)).toBe(true);
    // Noon UTC is the same date in most time zones, and the day does not end during the test.
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 24, 12) });
    expect(await isDrawn(20261124)).toBe(true);
    expect(await isDrawn(20261123)).toBe(false);
    vi.useRealTimers();
  });

  it("is drawn only for shoppers in its countries", async () => {
    const isDrawn = async (countries: string[], iso_code: string | undefined) => {
      const localization = iso_code === undefined ? undefined : { country: { iso_code } };
      return (await draw(productOf(1, {}, { countries }), { localization })).includes(
        "data-bundlesmith-offer",
      );
    };
    expect(await isDrawn([], "DE")).toBe(true);
    expect(await isDrawn(["AT", "DE"], "DE")).toBe(true);
    expect(await isDrawn(["AT", "DE"], "CH")).toBe(false);
    expect(await isDrawn(["AT", "DE"], "TD")).toBe(false);
    expect(await isDrawn(["AT", "DE", "TD"], "TD")).toBe(true);
    expect(await isDrawn(["AT", "DE"], undefined)).toBe(false);
  });

  it("is not drawn while a line that it needs has another discount that it cannot combine with", async () => {
    const line = (variantId: number, title: string) => ({
      variant_id: variantId,
      product_id: 1,
      line_level_discount_allocations: [{ amount: 100, discount_application: { title } }],
    });
    const isDrawn = async (...items: object[]) =>
      (await draw(productOf(1), { cart: { items } })).includes("data-bundlesmith-offer");
    expect(await isDrawn(line(22, "Bundle offer: Another set"))).toBe(false);
    expect(await isDrawn(line(11, "Summer sale"))).toBe(false);
    expect(await isDrawn(line(33, "Summer sale"))).toBe(true);
    // A second set of the same bundle is discounted like the first.
    expect(await isDrawn(line(11, "Bundle offer: Tea set"), line(22, "Bundle offer: Tea set"))).toBe(true);
    // The Function titles the discount in the shopper's language.
    expect(await isDrawn(line(11, "セット割引: Tea set"), line(22, "セット割引: Tea set"))).toBe(true);
    expect(await isDrawn(line(11, "Summer: Tea"))).toBe(false);
  });

  it("is not drawn while another offer with the same title discounts a line that it needs", async () => {
    const line = (variantId: number, isDiscounted = true) => ({
      variant_id: variantId,
      product_id: 1,
      line_level_discount_allocations: isDiscounted
        ? [{ amount: 100, discount_application: { title: "Bundle offer: Tea set" } }]
        : [],
    });
    const isDrawn = async (...items: object[]) =>
      (await draw(productOf(1), { cart: { items } })).includes("data-bundlesmith-offer");
    expect(await isDrawn(line(11), line(33)), "11 with 33").toBe(false);
    expect(await isDrawn(line(33), line(11), line(22, false)), "11 with 33 beside a plain 22").toBe(false);
    expect(await isDrawn(line(11), line(22), line(33)), "all three").toBe(false);
    expect(await isDrawn(line(11), line(33), line(22), line(44)), "two pairs that cross").toBe(false);
    expect(await isDrawn(line(33), line(44)), "what it does not need").toBe(true);
    expect(await isDrawn(line(11), line(11), line(22)), "its own, on three lines").toBe(true);
  });

  it("is not drawn while an eligible line has a component at another price than today's", async () => {
    const line = (variantId: number, unitPrice: number, isPlan = true) => ({
      variant_id: variantId,
      product_id: 1,
      original_price: unitPrice,
      variant: { price: 1_000 },
      selling_plan_allocation: isPlan ? { price: unitPrice } : null,
      line_level_discount_allocations: [],
    });
    const isDrawn = async (counts: boolean, ...items: object[]) =>
      (await draw(productOf(1, {}, {}, counts), { cart: { items } })).includes("data-bundlesmith-offer");
    expect(await isDrawn(true, line(11, 900))).toBe(false);
    expect(await isDrawn(true, line(22, 900, false))).toBe(false);
    expect(await isDrawn(true, line(11, 1_000), line(33, 900))).toBe(true);
    expect(await isDrawn(false, line(11, 900))).toBe(true);
  });

  it("has its title in the shopper's language, with special characters escaped", async () => {
    const product = productOf(1, {}, { title: "50% + <tea>|~^", titles: { de: "Teeset & mehr" } });
    expect(await draw(product)).toContain(">50% + &lt;tea&gt;|~^</h3>");
    const localization = { language: { iso_code: "de" } };
    expect(await draw(product, { localization })).toContain(">Teeset &amp; mehr</h3>");
  });

  it("is not drawn once the cart holds it the maximum number of times per order", async () => {
    const line = (variantId: number, quantity: number) => ({
      variant_id: variantId,
      product_id: 1,
      quantity,
      line_level_discount_allocations: [],
    });
    const isDrawn = async (times: number, quantity: number) => {
      const items = [line(11, quantity), line(22, quantity)];
      return (await draw(productOf(1, {}, { times }), { cart: { items } })).includes(
        "data-bundlesmith-offer",
      );
    };
    expect(await isDrawn(2, 1)).toBe(true);
    expect(await isDrawn(2, 2)).toBe(false);
  });

  it("shows quantity breaks placed on the first product only there, even if other products carry them", async () => {
    const value = writeRules({
      countsSubscriptions: false,
      rejectsCodes: false,
      offers: [
        {
          kind: "breaks",
          id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f",
          title: "Stock up",
          titles: {},
          place: "f",
          lastDay: null,
          countries: [],
          times: null,
          scope: "product",
          tiers: [{ units: 2, reward: { type: "percent", basisPoints: 1_000 } }],
        },
      ],
    });
    const carrier = (id: number, anchors: object[]) => {
      const own = { ...variant(id), inventory_policy: "continue" };
      const $app = { offers: { value }, bundle_anchors: { value: anchors } };
      return { id, variants: [own], selected_variant: own, metafields: { $app } };
    };
    const isDrawn = async (product: object) => (await draw(product)).includes("data-bundlesmith-offer");
    const first = carrier(11, []);
    expect(await isDrawn(first)).toBe(true);
    expect(await isDrawn(carrier(22, [first]))).toBe(false);
    // If two products name each other, the first one is unknown, so the offer is drawn.
    expect(await isDrawn(carrier(22, [carrier(11, [{ id: 22 }])]))).toBe(true);
  });

  it("shows an amount or a fixed price at once only in the shop's currency, and a percentage in any currency", async () => {
    const drawn = (reward: RuleReward, iso_code: string) =>
      draw(productOf(1, {}, { reward }), { shop: { currency: "EUR" }, cart: { currency: { iso_code } } });
    const rewards = [
      { type: "percent", basisPoints: 1_000 },
      { type: "amount", hundredths: 300 },
      { type: "price", hundredths: 1_900 },
    ] as const;
    const prices = [1_800, 1_700, 1_900];
    for (const [at, reward] of rewards.entries()) {
      expect(await drawn(reward, "EUR")).toContain(`data-price="${prices[at]}"`);
      const abroad = await drawn(reward, "CAD");
      expect(/data-bundlesmith-offer="[^>]*data-late/.test(abroad), reward.type).toBe(
        reward.type !== "percent",
      );
    }
  });

  it("is drawn at full price if the offer has no discount", async () => {
    const html = await draw(productOf(1, {}, { reward: { type: "none" } }));
    expect(html).toContain('data-price="2000"');
    expect(html).toContain("data-full");
  });

  it("has element ids unique to the product, so several product cards can hold one", async () => {
    const idsOf = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const [one, two] = [idsOf(await draw(productOf(1))), idsOf(await draw(productOf(2)))];
    expect(one.length).toBeGreaterThan(1);
    const inForms = (ids: (string | undefined)[]) => ids.filter((id) => id?.startsWith("bundlesmith-"));
    expect(inForms(one).filter((id) => two.includes(id))).toEqual([]);
  });

  it("shows the unit price if the variant has one", async () => {
    const measured = {
      unit_price: 250,
      unit_price_measurement: { reference_value: 100, reference_unit: "ml" },
    };
    expect(await draw(productOf(1, measured))).toContain("€2.50/100ml");
  });
});

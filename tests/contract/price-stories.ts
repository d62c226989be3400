import fc from "fast-check";
import { minorDigits, IN_SHOP_CURRENCY } from "#app/domain/money.ts";
import { BREAK_SCOPES, type OfferKind } from "#app/domain/offer/offer.ts";
import type { OfferRule, RuleBody, RulePart, RuleReward, RuleTier } from "#app/domain/offer/offer-rule.ts";

interface StoryProduct {
  readonly id: string;
  /** Units in stock that limit sales, or null. */
  readonly variants: readonly {
    readonly id: string;
    readonly hundredths: number;
    readonly stock: number | null;
  }[];
  readonly isGiftCard: boolean;
}

/** An offer with rival offers and the choices of a shopper. */
export interface Story {
  readonly currency: string;
  readonly rateMillionths: number;
  /** The first carries the rules. All but the last form the pool of a pool offer. */
  readonly products: readonly StoryProduct[];
  readonly rule: OfferRule;
  readonly rivals: readonly OfferRule[];
  /** Lines of a cart: the index among all variants, units, and whether with a selling plan. */
  readonly held: readonly { readonly nth: number; readonly units: number; readonly isPlan: boolean }[];
  readonly countsSubscriptions: boolean;
  /** Random numbers that choose fields and their values, one choice per number. */
  readonly picks: readonly number[];
}

/** Currencies with two, no and three decimals, and some displayed without decimals but charged in hundredths. */
const CURRENCIES = ["EUR", "USD", "JPY", "KRW", "ISK", "CLP", "KWD", "HUF"] as const;

export const variantsOf = ({ id, variants }: StoryProduct) =>
  variants.map((one) => ({ ...one, product: id }));

/** An offer of this kind over four products, with up to three rival offers of any kind. */
export function storyOf(kind: OfferKind): fc.Arbitrary<Story> {
  return fc
    .record({
      currency: fc.constantFrom(...CURRENCIES),
      rateMillionths: fc.oneof(fc.constant(IN_SHOP_CURRENCY), fc.integer({ min: 1, max: 20_000_000_000 })),
    })
    .chain(({ currency, rateMillionths }) => {
      const step = minorDigits(currency) === 0 ? 100 : 1;
      return fc.array(productOf(step), { minLength: 4, maxLength: 4 }).chain((drawn) => {
        const products = drawn.map((product, at) => ({
          id: String(1_000 + at),
          isGiftCard: product.isGiftCard && at > 0,
          variants: product.prices.map((hundredths, nth) => ({
            id: String(40_000_000_000_000 + 10 * at + nth),
            hundredths,
            stock: product.stocks[nth]!,
          })),
        }));
        // The smallest unit that a merchant can enter in the shop's currency.
        const unit = rateMillionths === IN_SHOP_CURRENCY ? step : 1;
        return fc.record({
          currency: fc.constant(currency),
          rateMillionths: fc.constant(rateMillionths),
          products: fc.constant(products),
          rule: ruleOf(kind, products, unit, "Own"),
          rivals: fc.array(
            fc
              .constantFrom<OfferKind>("set", "range", "breaks", "gift")
              .chain((rival) => ruleOf(rival, products, unit, "Rival")),
            { maxLength: 3 },
          ),
          countsSubscriptions: fc.boolean(),
          held: fc.array(
            fc.record({ nth: fc.nat({ max: 11 }), units: fc.integer({ min: 1, max: 6 }), isPlan: oneIn(5) }),
            {
              minLength: 1,
              maxLength: 4,
            },
          ),
          picks: fc.array(fc.nat({ max: 0xffff }), { minLength: 3, maxLength: 10 }),
        });
      });
    });
}

const cents = fc.oneof(
  fc.integer({ min: 1, max: 20_000 }),
  fc.integer({ min: 1, max: 20_000 }),
  fc.integer({ min: 1, max: 999_999 }),
);

const oneIn = (chances: number) => fc.nat({ max: chances - 1 }).map((drawn) => drawn === 0);

const productOf = (step: number) =>
  fc.record({
    prices: fc.oneof(
      fc.array(
        fc
          .oneof({ weight: 20, arbitrary: cents }, { weight: 1, arbitrary: fc.constant(0) })
          .map((price) => price * step),
        { minLength: 1, maxLength: 3 },
      ),
      cents.map((price) => [price * step, price * step]),
    ),
    isGiftCard: oneIn(10),
    stocks: fc.array(fc.option(fc.nat({ max: 20 }), { freq: 2 }), { minLength: 3, maxLength: 3 }),
  });

function rewardOf(unit: number): fc.Arbitrary<RuleReward> {
  return fc.oneof(
    fc.record({ type: fc.constant("percent" as const), basisPoints: fc.integer({ min: 1, max: 9_000 }) }),
    fc.record({
      type: fc.constantFrom("amount" as const, "price" as const),
      hundredths: cents.map((amount) => amount * unit),
    }),
  );
}

/** Tiers with rising rewards, as the app allows. */
function tiersOf(unit: number): fc.Arbitrary<RuleTier[]> {
  return fc
    .record({
      units: fc.uniqueArray(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 3 }),
      type: fc.constantFrom("percent", "amount", "price"),
      shares: fc.uniqueArray(fc.integer({ min: 1, max: 9_000 }), { minLength: 3, maxLength: 3 }),
    })
    .map(({ units, type, shares }) => {
      const rising = shares.toSorted((a, b) => a - b);
      return units
        .toSorted((a, b) => a - b)
        .map((count, at): RuleTier => {
          if (type === "percent")
            return { units: count, reward: { type: "percent", basisPoints: rising[at]! } };
          const each = type === "amount" ? rising[at]! : rising[2 - at]!;
          return { units: count, reward: { type: type as "amount", hundredths: each * count * unit } };
        });
    });
}

function ruleOf(
  kind: OfferKind,
  products: readonly StoryProduct[],
  unit: number,
  title: string,
): fc.Arbitrary<OfferRule> {
  const head = fc
    .record({ id: fc.uuid({ version: 4 }), times: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 3 }) })
    .map(({ id, times }) => ({
      id,
      times: times ?? null,
      title: title === "Own" ? title : `Rival ${id}`,
      titles: {},
      place: null,
      lastDay: null,
      countries: [],
    }));
  const partOf = (at: number): fc.Arbitrary<RulePart> =>
    fc
      .record({ quantity: fc.integer({ min: 1, max: 3 }), nth: fc.nat(), isOpen: fc.boolean() })
      .map(({ quantity, nth, isOpen }) => {
        const { id, variants } = products[at]!;
        return { variant: variants[nth % variants.length]!.id, quantity, product: isOpen ? id : null };
      });
  const bodyOf = (): fc.Arbitrary<RuleBody> => {
    switch (kind) {
      case "set":
        return fc.integer({ min: 2, max: 4 }).chain((count) =>
          fc.record({
            kind: fc.constant("set" as const),
            reward: rewardOf(unit),
            parts: fc.tuple(...[0, 1, 2, 3].slice(0, count).map(partOf)),
          }),
        );
      case "range":
        return fc.record({
          kind: fc.constant("range" as const),
          reward: rewardOf(unit),
          units: fc.integer({ min: 2, max: 4 }),
          allowsRepeats: fc.boolean(),
        });
      case "breaks":
        return fc.record({
          kind: fc.constant("breaks" as const),
          scope: fc.constantFrom(...BREAK_SCOPES),
          tiers: tiersOf(unit),
        });
      case "gift":
        return fc.record({
          kind: fc.constant("gift" as const),
          buy: fc.oneof(
            fc.record({ parts: fc.oneof(fc.tuple(partOf(0)), fc.tuple(partOf(0), partOf(1))) }),
            fc.record({ spendHundredths: cents.map((amount) => amount * unit) }),
          ),
          gift: partOf(3),
          basisPoints: fc.oneof(fc.constant(10_000), fc.integer({ min: 1, max: 10_000 })),
        });
    }
  };
  return fc.tuple(head, bodyOf()).map(([common, body]) => ({ ...common, ...body }));
}

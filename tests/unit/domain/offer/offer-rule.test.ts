import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeRules, type OfferRule, type RulePart, type RuleReward } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";

const id = "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f";
const set = `s|${id}|||||%1000|44*1,45*2@7|Tea and cup`;
const said = (changes: Partial<Record<number, string>>, offer = set) =>
  `2~${offer.split("|").map((field, at) => changes[at] ?? field).join("|")}`; // prettier-ignore

const number = (min: number, max: number) => fc.integer({ min, max });
const digits = number(1, Number.MAX_SAFE_INTEGER).map(String);
const hundredths = number(1, 99_999_999);
const reward: fc.Arbitrary<RuleReward> = fc.oneof(
  fc.record({ type: fc.constant("percent" as const), basisPoints: number(1, 9_000) }),
  fc.record({ type: fc.constantFrom("amount" as const, "price" as const), hundredths }),
);
const rewardOrNone = fc.oneof(reward, fc.constant({ type: "none" as const }));
const part: fc.Arbitrary<RulePart> = fc.record({
  variant: digits,
  quantity: number(1, 9),
  product: fc.option(digits),
});
const parts = (minLength: number) => fc.array(part, { minLength, maxLength: 4 });
const title = fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 });
const rule: fc.Arbitrary<OfferRule> = fc
  .tuple(
    fc.record({
      id: fc.uuid(),
      place: fc.constantFrom("p" as const, "f" as const, "c" as const, null),
      lastDay: fc.option(number(2000_01_01, 9999_12_31)),
      countries: fc.array(fc.constantFrom("AT", "DE", "FR")),
      times: fc.option(number(1, 99)),
      title,
      titles: fc.dictionary(fc.constantFrom("de", "fr", "pt-BR"), title),
    }),
    fc.oneof(
      fc.record({ kind: fc.constant("set" as const), reward: rewardOrNone, parts: parts(2) }),
      fc.record({
        kind: fc.constant("range" as const),
        reward: rewardOrNone,
        units: number(2, 12),
        allowsRepeats: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("breaks" as const),
        scope: fc.constantFrom("variant" as const, "product" as const, "pool" as const),
        tiers: fc.array(fc.record({ units: number(2, 99), reward }), { minLength: 1, maxLength: 6 }),
      }),
      fc.record({
        kind: fc.constant("gift" as const),
        buy: fc.oneof(fc.record({ parts: parts(1) }), fc.record({ spendHundredths: hundredths })),
        gift: part,
        basisPoints: number(1, 10_000),
      }),
    ),
  )
  .map(([head, body]) => ({ ...head, ...body }));

describe("parseRules", () => {
  it.each([
    ["nothing at all", ""],
    ["the JSON of an older version", '{"v":1,"o":[]}'],
    ["a later version", "3"],
  ])("reports another version for %s", (_, text) => {
    expect(parseRules(text)).toEqual({ ok: false, reason: "other_version" });
  });

  it.each([
    ["a kind that nobody knows", said({ 0: "x" })],
    ["an id that is none of ours", said({ 1: "44" })],
    ["a place that no block knows", said({ 2: "x" })],
    ["a last day before the century", said({ 3: "19991231" })],
    ["half a country", said({ 4: "ATD" })],
    ["no time at all", said({ 5: "0" })],
    ["more than nine tenths off", said({ 6: "%9001" })],
    ["half a basis point", said({ 6: "%10.5" })],
    ["a price of nothing", said({ 6: "=0" })],
    ["a leading zero", said({ 6: "%010" })],
    ["one part", said({ 7: "44*1" })],
    ["five parts", said({ 7: "1*1,2*1,3*1,4*1,5*1" })],
    ["no unit of a part", said({ 7: "44*0,45*1" })],
    ["ten units of a part", said({ 7: "44*10,45*1" })],
    ["a gid for a part", said({ 7: "gid://shopify/ProductVariant/44*1,45*1" })],
    ["no title", said({ 8: "" })],
    ["a language without its title", said({ 8: "Tea^de" })],
    ["a field too many", `${said({})}|more`],
    ["a field too few", "2~s|x"],
    ["a range of one", said({ 0: "r", 7: "1" })],
    ["a tier that takes nothing off", said({ 0: "b", 6: "", 7: "p2:" })],
    ["tiers of one unit", said({ 0: "b", 6: "", 7: "p1:%1000" })],
    ["breaks with a reward beside their tiers", said({ 0: "b", 7: "p2:%1000" })],
    ["breaks of no scope", said({ 0: "b", 6: "", 7: "2:%1000" })],
    ["a gift that costs a price", said({ 0: "g", 6: "=100", 7: "44*1>45*1" })],
    ["a gift without what is bought", said({ 0: "g", 6: "%10000", 7: ">45*1" })],
    ["a gift without the gift", said({ 0: "g", 6: "%10000", 7: "44*1" })],
    ["a spending of nothing", said({ 0: "g", 6: "%10000", 7: "$0>45*1" })],
  ])("reports malformed rules for %s", (_, text) => {
    expect(parseRules(text)).toMatchObject({ ok: false, reason: "malformed", detail: "1" });
  });

  it("says which offer is malformed", () => {
    expect(parseRules(`${said({})}~s|x`)).toMatchObject({ reason: "malformed", detail: "2" });
  });

  it("reads back what writeRules wrote, for any title", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        fc.array(rule, { maxLength: 5 }),
        (counts, rejectsCodes, offers) => {
          const rules = { countsSubscriptions: counts, rejectsCodes, offers };
          expect(parseRules(writeRules(rules))).toEqual({ ok: true, value: rules });
        },
      ),
    );
  });

  it("reads a single line that Liquid can split", () => {
    const offer = { ...ruleOf(), title: "50 % | more ~ tea^cup\n+1" };
    const text = writeRules({ countsSubscriptions: true, rejectsCodes: false, offers: [offer, offer] });
    expect(text).not.toMatch(/[\n\r]/);
    const [header, first] = text.split("~");
    expect(header).toBe("2s");
    expect(decodeURIComponent(first!.split("|").at(-1)!)).toBe(offer.title);
  });
});

const ruleOf = (): OfferRule => {
  const read = parseRules(said({}));
  if (!read.ok) throw new Error(read.reason);
  return read.value.offers[0]!;
};

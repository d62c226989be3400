import type { BundleStatus } from "#app/domain/bundle-status.ts";
import { BREAK_SCOPES, OFFER_KINDS, PLACEMENTS, REWARD_TYPES } from "#app/domain/offer/offer-kinds.ts";
import type { Result } from "#app/domain/result.ts";
import { NEW_FIELDS, type OfferFields, type OfferForm } from "./offer-fields.ts";
import type { TermsField } from "./terms-form.ts";

/** What a row of the file says of an offer, in the order of an export. */
const OFFER_COLUMNS = [
  "kind", "title", "products", "gift", "reward_type", "reward", "tiers", "units", "repeats", "counts", "spend",
  "starts", "ends", "times_per_order", "countries", "placement", "other_variants", "note",
] as const; // prettier-ignore
export type OfferColumn = (typeof OFFER_COLUMNS)[number];

/** An export says these too, for people to read; an import passes over them. */
const STATED_COLUMNS = ["status", "product_titles"] as const;

/** Followed by Shopify's code of a language: the offer's title in it. */
const TITLE_PREFIX = "title_";
const NEEDED = ["kind", "title", "products"] as const satisfies readonly OfferColumn[];
const YES = "yes";
const NO = "no";

/** A product as a row names it: by the number of a variant, or by the handle of a product, whose first variant it is. */
interface NamedProduct {
  readonly name: string;
  readonly quantity: string;
  readonly isGift: boolean;
}

/** An offer as a file has it: the fields of its form, with its products by name. */
export interface FiledOffer extends OfferForm {
  /** Digits of the collection that the products are, and stay; null where each was chosen. */
  readonly collection: string | null;
  readonly products: readonly NamedProduct[];
}

/** Among the products, that they are those of a collection. */
const COLLECTION = /^collection:(\d+)$/i;

/** The column in which what a field's sentence is about can be mended. */
export const COLUMN_OF: Readonly<Record<TermsField, OfferColumn>> = {
  title: "title",
  titles: "title",
  reward: "reward",
  units: "units",
  tiers: "tiers",
  spend: "spend",
  gift: "gift",
  components: "products",
  startsOn: "starts",
  endsOn: "ends",
  letsShopperChoose: "other_variants",
  placement: "placement",
  countries: "countries",
  timesPerOrder: "times_per_order",
  note: "note",
};

/** The header of a file: its columns in their order, or the first that is unknown or twice there, or that is lacking. */
export function readOfferHeader(
  cells: readonly string[],
): Result<readonly string[], "unknown" | "twice" | "lacking"> {
  const names = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replace(/^title_.*/, () => cell.trim()),
  );
  const known: readonly string[] = [...OFFER_COLUMNS, ...STATED_COLUMNS];
  const unknown = names.find(
    (name) => !known.includes(name) && !/^title_[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(name),
  );
  if (unknown !== undefined) return { ok: false, reason: "unknown", detail: unknown };
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) return { ok: false, reason: "twice", detail: twice };
  const lacking = NEEDED.find((name) => !names.includes(name));
  return lacking === undefined
    ? { ok: true, value: names }
    : { ok: false, reason: "lacking", detail: lacking };
}

/**
 * The offer of a row. What its numbers, days and products are worth is for the form's own schema to say.
 *
 * @returns the columns that hold none of the words that they may hold
 */
export function readOfferRow(
  header: readonly string[],
  cells: readonly string[],
):
  | { readonly ok: true; readonly value: FiledOffer }
  | { readonly ok: false; readonly columns: readonly OfferColumn[] } {
  const wrong: OfferColumn[] = [];
  const textOf = (name: string) => toText(cells[header.indexOf(name)] ?? "");
  const wordOf = <W extends string>(name: OfferColumn, words: readonly W[], fallback: W | null): W => {
    const text = textOf(name).toLowerCase();
    const word = text === "" && fallback !== null ? fallback : words.find((one) => one === text);
    if (word === undefined) wrong.push(name);
    return word ?? words[0]!;
  };
  const listOf = (name: OfferColumn) =>
    textOf(name)
      .split(/[\s,;]+/)
      .filter((part) => part !== "");
  const kind = wordOf("kind", OFFER_KINDS, null);
  const productsOf = (name: OfferColumn, isGift: boolean) =>
    listOf(name).flatMap((part): NamedProduct[] => {
      if (COLLECTION.test(part)) return [];
      const [, named, quantity] = /^(.+?)(?:\*(\d+))?$/.exec(part)!;
      return [
        {
          name: named!.replace(/^gid:\/\/shopify\/ProductVariant\//, ""),
          quantity: quantity ?? "1",
          isGift,
        },
      ];
    });
  const collections = listOf("products").flatMap((part) => COLLECTION.exec(part)?.[1] ?? []);
  const reward = textOf("reward").replace(/\s*%$/, "");
  const offer: OfferFields = {
    ...NEW_FIELDS,
    kind,
    rewardType: wordOf("reward_type", REWARD_TYPES, "percent"),
    rewardValue: reward,
    units: textOf("units"),
    allowsRepeats: wordOf("repeats", [YES, NO], YES) === YES,
    scope: wordOf("counts", BREAK_SCOPES, "product"),
    tiers: textOf("tiers")
      .split(/[\s;]+/)
      .flatMap((tier) => {
        const [units, value = ""] = tier.split(":");
        return units === undefined || units === "" ? [] : [{ units, value: value.replace(/%$/, "") }];
      }),
    countsSpend: textOf("spend") !== "",
    spend: textOf("spend"),
    giftPercent: reward === "" ? NEW_FIELDS.giftPercent : reward,
  };
  const value: FiledOffer = {
    title: textOf("title"),
    titles: Object.fromEntries(
      header
        .filter((name) => name.startsWith(TITLE_PREFIX))
        .map((name) => [name.slice(TITLE_PREFIX.length), textOf(name)]),
    ),
    offer,
    collection: collections[0] ?? null,
    products: [...productsOf("products", false), ...(kind === "gift" ? productsOf("gift", true) : [])],
    startsOn: textOf("starts"),
    endsOn: textOf("ends"),
    timesPerOrder: textOf("times_per_order"),
    countries: listOf("countries").map((code) => code.toUpperCase()),
    placement: wordOf("placement", PLACEMENTS, "everywhere"),
    letsShopperChoose: wordOf("other_variants", [YES, NO], YES) === YES,
    note: textOf("note"),
  };
  return wrong.length > 0 ? { ok: false, columns: wrong } : { ok: true, value };
}

/** The apostrophe with which an export keeps a spreadsheet from taking a text for a formula is no part of the text. */
function toText(cell: string): string {
  return cell.trim().replace(/^'(?=[=+\-@\t\r])/, "");
}

/** Languages in which some of these offers have a title, in alphabetical order. */
export function listTitleLanguages(offers: readonly Pick<FiledOffer, "titles">[]): string[] {
  return [...new Set(offers.flatMap(({ titles }) => Object.keys(titles)))].sort();
}

/** The first line of a file with titles in these languages besides the shop's own. */
export function writeOfferHeader(languages: readonly string[]): string[] {
  return [...OFFER_COLUMNS, ...languages.map((language) => `${TITLE_PREFIX}${language}`), ...STATED_COLUMNS];
}

/** The line of an offer below that header; what its kind does not have is left empty. */
export function writeOfferRow(
  { offer, products, collection, ...filed }: FiledOffer,
  {
    languages,
    status,
    productTitles,
  }: { languages: readonly string[]; status: BundleStatus; productTitles: string },
): string[] {
  const { kind, rewardType, rewardValue, tiers } = offer;
  const listed = (isGift: boolean) =>
    products
      .filter((product) => product.isGift === isGift)
      .map(({ name, quantity }) => `${name}*${quantity}`)
      .join(" ");
  const hasReward = kind === "set" || kind === "range";
  const cells: Readonly<Record<OfferColumn, string>> = {
    kind,
    title: filed.title,
    products: [...(collection === null ? [] : [`collection:${collection}`]), listed(false)].join(" ").trim(),
    gift: listed(true),
    reward_type: kind === "gift" ? "" : rewardType,
    reward: kind === "gift" ? offer.giftPercent : hasReward ? rewardValue : "",
    tiers: kind === "breaks" ? tiers.map(({ units, value }) => `${units}:${value}`).join(" ") : "",
    units: kind === "range" ? offer.units : "",
    repeats: kind === "range" ? yesOrNo(offer.allowsRepeats) : "",
    counts: kind === "breaks" ? offer.scope : "",
    spend: kind === "gift" && offer.countsSpend ? offer.spend : "",
    starts: filed.startsOn,
    ends: filed.endsOn,
    times_per_order: filed.timesPerOrder,
    countries: filed.countries.join(" "),
    placement: filed.placement,
    other_variants: yesOrNo(filed.letsShopperChoose),
    note: filed.note,
  };
  const titles = languages.map((language) => filed.titles[language] ?? "");
  return [...OFFER_COLUMNS.map((column) => cells[column]), ...titles, status, productTitles];
}

function yesOrNo(is: boolean): string {
  return is ? YES : NO;
}

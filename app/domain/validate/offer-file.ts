import type { BundleStatus } from "#app/domain/bundle-status.ts";
import { BREAK_SCOPES, OFFER_KINDS, PLACEMENTS, REWARD_TYPES } from "#app/domain/offer/offer-kinds.ts";
import type { Result } from "#app/domain/result.ts";
import { NEW_FIELDS, type OfferFields, type OfferForm } from "./offer-fields.ts";
import type { TermsField } from "./terms-form.ts";

/** Columns of an offer, in the order of an export. */
const OFFER_COLUMNS = [
  "kind", "title", "products", "gift", "reward_type", "reward", "tiers", "units", "repeats", "counts", "spend",
  "starts", "ends", "times_per_order", "countries", "placement", "other_variants", "note",
] as const; // prettier-ignore
export type OfferColumn = (typeof OFFER_COLUMNS)[number];

/** Further columns of an export, for people to read; an import skips them. */
const STATED_COLUMNS = ["status", "product_titles"] as const;

/** With a language code of Shopify: the column of the offer's title in that language. */
const TITLE_PREFIX = "title_";
const NEEDED = ["kind", "title", "products"] as const satisfies readonly OfferColumn[];
const YES = "yes";
const NO = "no";

/** A product as a row names it: by a variant's number, or by a product's handle for its first variant. */
interface NamedProduct {
  readonly name: string;
  readonly quantity: string;
  readonly isGift: boolean;
}

/** An offer of a file: the fields of its form, with its products by name. */
export interface FiledOffer extends OfferForm {
  /** Number of the collection that the products follow; null if each was chosen. */
  readonly collection: string | null;
  readonly products: readonly NamedProduct[];
}

/** Among the products, the collection that they follow. */
const COLLECTION = /^collection:(\d+)$/i;

/** The column in which a problem of a field can be fixed. */
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

/** Columns of a file's header in their order, or the first unknown, repeated or missing one. */
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
 * Parses the offer of a row. The form's schema checks numbers, days and products.
 *
 * @returns the columns with a word that they do not allow
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

/** Removes the apostrophe with which an export prevents a spreadsheet from running a text as a formula. */
function toText(cell: string): string {
  return cell.trim().replace(/^'(?=[=+\-@\t\r])/, "");
}

/** Languages of the titles of these offers, in alphabetical order. */
export function listTitleLanguages(offers: readonly Pick<FiledOffer, "titles">[]): string[] {
  return [...new Set(offers.flatMap(({ titles }) => Object.keys(titles)))].sort();
}

/** Header of a file with titles in these languages in addition to the shop's own. */
export function writeOfferHeader(languages: readonly string[]): string[] {
  return [...OFFER_COLUMNS, ...languages.map((language) => `${TITLE_PREFIX}${language}`), ...STATED_COLUMNS];
}

/** Row of an offer below that header; columns that its kind lacks are empty. */
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

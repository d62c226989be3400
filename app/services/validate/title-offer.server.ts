import { type OfferTerms, toOfferTerms } from "#app/domain/offer/offer.ts";
import { MAX_TITLE_LENGTH } from "#app/domain/offer/offer-rule.ts";
import type { BundleProposal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import {
  findTheme,
  shorten,
  type ThemedProduct,
  readable,
  titleBundle,
} from "#app/domain/propose/titles/offer-title.ts";
import { type Locale, translateIn, type Texts, type Translate } from "#app/locales/translate.ts";
import de from "#app/locales/de/title.json" with { type: "json" };
import en from "#app/locales/en/title.json" with { type: "json" };
import es from "#app/locales/es/title.json" with { type: "json" };
import fr from "#app/locales/fr/title.json" with { type: "json" };
import ja from "#app/locales/ja/title.json" with { type: "json" };
import zhCN from "#app/locales/zh-CN/title.json" with { type: "json" };

/** Shoppers read no more at a glance; a longer title also takes room from another offer on the product. */
const MOST_LISTED_LETTERS = 70;

interface UntitledOffer {
  readonly terms: OfferTerms;
  readonly components: readonly (ThemedProduct & { readonly isGift: boolean })[];
}

/**
 * The title of an offer without one from the merchant. For a set: the theme of its products ("Red retrospot set"), else
 * their names, or the first and the number of others if these are long. For a choice: its pool. For quantity breaks:
 * the product or the theme. For a gift: the gift. The title is stored with the offer, so that every page, the
 * storefront and every file show the same; see app/decisions/propose/100-an-offer-has-one-title.md.
 *
 * @param locale the merchant's
 * @param taken titles of other offers: a set tries longer titles before it repeats one
 * @returns at most 120 characters
 */
export function titleOffer(
  { terms, components }: UntitledOffer,
  locale: Locale,
  taken: ReadonlySet<string> = new Set(),
): string {
  const t = openTitleWords(locale);
  const bought = components.filter(({ isGift }) => !isGift);
  switch (terms.kind) {
    case "set": {
      const theme = findTheme(bought);
      const call = (names: readonly string[]) =>
        names.length === 2
          ? t("title:pair", { first: names[0], second: names[1] })
          : t("title:more", { first: names[0], count: names.length - 1 });
      const titles = bought.map(({ title }) => title);
      const names = titles.map((title, at) => shorten(title, at === 0 ? "first" : "amid"));
      const all = new Intl.ListFormat(locale).format(names);
      const named = [
        ...(theme === null ? [] : [t("title:theme", { theme })]),
        ...(names.length > 2 && all.length <= MOST_LISTED_LETTERS ? [all] : []),
        call(names),
        call(titles.map(readable)),
      ].filter((title) => title.length <= MAX_TITLE_LENGTH);
      return named.find((title) => !taken.has(title)) ?? titleBundle(titles);
    }
    case "range": {
      const theme = findTheme(bought);
      const { units } = terms;
      return theme === null ? t("title:range", { units }) : t("title:choice", { theme, units });
    }
    case "breaks":
      return bought.length === 1
        ? shorten(bought[0]!.title, "first")
        : (findTheme(bought) ?? t("title:breaks"));
    case "gift": {
      const gift = shorten(components.find(({ isGift }) => isGift)?.title ?? "", "first");
      return t(terms.giftBasisPoints === 10_000 ? "title:gift" : "title:giftLess", { gift });
    }
  }
}

/**
 * The title of a run's suggestion.
 *
 * @param taken titles of other offers; this one is added
 */
export function titleProposal(
  { terms, discountRatio }: Pick<BundleProposal, "terms" | "discountRatio">,
  products: readonly ThemedProduct[],
  locale: Locale,
  taken: Set<string>,
): string {
  const components = products.map(({ title, category }) => ({ title, category, isGift: false }));
  const offer = { terms: terms ?? toOfferTerms({ terms: null, discountRatio }), components };
  const title = titleOffer(offer, locale, taken);
  taken.add(title);
  return title;
}

const TEXTS: Readonly<Record<Locale, Texts>> = { de, en, es, fr, ja, "zh-CN": zhCN };

/** The translations of titles; also for the workers, which run without Vite. */
function openTitleWords(locale: Locale): Translate {
  return translateIn({ locale, textsOf: () => TEXTS[locale], load: () => Promise.resolve() }, "title");
}

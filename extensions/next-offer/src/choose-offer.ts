/** A purchased product from the Storefront API. */
export interface BoughtProduct {
  readonly id: string;
  /** Null if the product is not on the online store. */
  readonly onlineStoreUrl: string | null;
  readonly availableForSale: boolean;
  /** Text of its rules; the app's document on headless shops describes the grammar. */
  readonly rules: string | null;
}

/** An order line: numeric ids of its variant and product. */
interface BoughtLine {
  readonly variant: string;
  readonly product: string;
}

interface Shopper {
  /** ISO code of the country of the order. */
  readonly country: string | undefined;
  /** Shopify's language code, such as "de" or "pt-BR". */
  readonly language: string;
  /** As the number 20261124. */
  readonly today: number;
}

interface NextOffer {
  readonly title: string;
  readonly url: string;
}

/**
 * The first offer of the purchased products that the next order can use: not over, for the shopper's country, with a
 * product page, and not a set of which every product was just bought. The saving is left to that page, which knows the
 * current price.
 */
export function chooseOffer(
  products: readonly BoughtProduct[],
  lines: readonly BoughtLine[],
  shopper: Shopper,
): NextOffer | null {
  for (const { rules, onlineStoreUrl, availableForSale } of products) {
    if (!rules || !onlineStoreUrl || !availableForSale) continue;
    const [header, ...offers] = rules.split("~");
    if (!/^2s?c?$/.test(header!)) continue;
    for (const offer of offers) {
      const title = readTitle(offer.split("|"), lines, shopper);
      if (title !== null) return { title, url: onlineStoreUrl };
    }
  }
  return null;
}

function readTitle(fields: readonly string[], lines: readonly BoughtLine[], shopper: Shopper): string | null {
  const [kind, , place, lastDay, countries = "", , , body = "", titles = ""] = fields;
  // Each product of a pool carries the rule, and none says whether it is the first.
  if (place === "f" && (kind === "r" || kind === "b" || body.startsWith("$"))) return null;
  if (place === "c" || (lastDay && Number(lastDay) < shopper.today)) return null;
  const codes: readonly string[] = countries.match(/../g) ?? [];
  if (codes.length > 0 && !codes.includes(shopper.country ?? "")) return null;
  if (kind === "s" && body.split(",").every((part) => wasBought(part, lines))) return null;
  const [own = "", ...named] = titles.split("^");
  const wanted = [shopper.language, shopper.language.split("-")[0]];
  const at = named.findIndex((text, index) => index % 2 === 0 && wanted.includes(text));
  return decodeURIComponent(at < 0 ? own : named[at + 1]!) || null;
}

/** @param part `variant*quantity`, with `@product` if any variant of that product fills it */
function wasBought(part: string, lines: readonly BoughtLine[]): boolean {
  const [, variant, product] = /^(\d+)\*\d+(?:@(\d+))?$/.exec(part) ?? [];
  return lines.some((line) => line.variant === variant || line.product === product);
}

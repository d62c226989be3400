/** A product that was bought, as the Storefront API tells it. */
export interface BoughtProduct {
  readonly id: string;
  /** Null where the online store does not show it. */
  readonly onlineStoreUrl: string | null;
  readonly availableForSale: boolean;
  /** The text of its rules, whose grammar the app's document on headless shops describes. */
  readonly rules: string | null;
}

/** One line of the order: numbers of its variant and its product. */
interface BoughtLine {
  readonly variant: string;
  readonly product: string;
}

interface Shopper {
  /** ISO code of where the order was placed. */
  readonly country: string | undefined;
  /** As Shopify names it, "de" or "pt-BR". */
  readonly language: string;
  /** In the form 20261124. */
  readonly today: number;
}

interface NextOffer {
  readonly title: string;
  readonly url: string;
}

/**
 * The first offer that the order's products hold and the next order may take: it is not over, it is for the shopper's
 * country, a product page shows it, and where it is a set, not all of it was just bought. What it saves is left to that
 * page, which knows the price of the day.
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
  // Each product of a pool carries its rule, and none of them says whether it is the first.
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

/** @param part `variant*quantity`, with `@product` where any variant of that product fills it */
function wasBought(part: string, lines: readonly BoughtLine[]): boolean {
  const [, variant, product] = /^(\d+)\*\d+(?:@(\d+))?$/.exec(part) ?? [];
  return lines.some((line) => line.variant === variant || line.product === product);
}

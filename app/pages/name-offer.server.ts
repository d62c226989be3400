import { listBundles, readVariants } from "#app/data/bundles/read-bundles.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { findTheme, shorten } from "#app/domain/propose/titles/find-theme.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { Words } from "#app/locales/words.server.ts";

interface NamedOffer {
  readonly kind: string;
  readonly title: string;
  readonly components: readonly { readonly title: string; readonly category: string }[];
}

/**
 * What the merchant's pages call an offer: the title that the merchant gave it, or for one that only strings the names of
 * its products together, what these have in common ("Red retrospot set"), else the first with the others.
 */
export function nameOffer({ kind, title, components }: NamedOffer, { t }: Words): string {
  if (kind === MERCHANT_KIND || !isStrungTogether(title, components)) return title;
  const theme = findTheme(components);
  if (theme !== null) return t("server:named.theme", { theme });
  const [first, second] = components.map((one, at) => shorten(one.title, at === 0 ? "first" : "amid"));
  return components.length === 2
    ? t("server:named.pair", { first, second })
    : t("server:named.more", { first, count: components.length - 1 });
}

/**
 * What these offers of a shop are called, by their ids. Absent are those that are gone, and those that share a name:
 * where no products stand beside it, it would not tell them apart.
 */
export async function readOfferNames(
  { db }: Pick<Deps, "db">,
  { shop, ids, words }: { shop: string; ids: readonly string[]; words: Words },
): Promise<ReadonlyMap<string, string>> {
  const bundles = await listBundles(db, { shop, ids });
  const variantGids = bundles.flatMap(({ components }) => components.map(({ variantGid }) => variantGid));
  const variants = await readVariants(db, { shop, variantGids });
  const named = bundles.map(({ components, ...bundle }) => {
    const parts = components.map(({ title, variantGid }) => ({
      title,
      category: variants.get(variantGid)?.product.productType ?? "",
    }));
    return [bundle.id, nameOffer({ ...bundle, components: parts }, words)] as const;
  });
  const countOf = (name: string) => named.filter(([, other]) => other === name).length;
  return new Map(named.filter(([, name]) => countOf(name) === 1));
}

/** Whether the title is the one of `titleBundle`, of these products or of what they were called then. */
function isStrungTogether(title: string, components: NamedOffer["components"]): boolean {
  const parts = title.split(" + ");
  const beginsAlike = (part: string, at: number) =>
    components[at]!.title.trim().toLowerCase().startsWith(part.split(" ", 1)[0]!.toLowerCase());
  return components.length > 1 && parts.length === components.length && parts.every(beginsAlike);
}

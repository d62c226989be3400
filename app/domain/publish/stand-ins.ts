import { shorten, readable } from "#app/domain/propose/titles/offer-title.ts";
import { relateNames, titleSimilarity } from "#app/domain/propose/titles/title-similarity.ts";
import {
  isDescriptive,
  isProductWord,
  nameWordsOf,
  wordsOf,
} from "#app/domain/propose/titles/title-words.ts";
import { isUnavailable, type ApprovedBundle, type ApprovedComponent } from "./storefront-offer.ts";
import {
  isForWhole,
  readLeeway,
  type Leeway,
  type MarginRules,
  type SiblingVariant,
} from "./open-components.ts";

export interface StandInCandidate extends SiblingVariant {
  readonly title: string;
  /** The shop's own category; a product without one has no stand-in. */
  readonly productType: string;
}

export interface StandIn {
  readonly bundleId: string;
  readonly position: number;
  readonly variantGid: string;
  readonly productGid: string;
  readonly title: string;
}

/** A less similar product is another product; as in step 5. */
const LEAST_SIMILARITY = 0.45;
/** Sets that a stand-in must have in stock, so that it does not sell out with the next order. */
const LEAST_SETS = 5;
/** Largest price ratio, either way; beyond it the offer is another one to the shopper. */
const MOST_PRICE_FACTOR = 1.5;
/** Title, category and price as step 5 weighs them; shared partners are unknown between two runs. */
const WEIGHTS = { title: 0.5625, category: 0.25, price: 0.1875 } as const;

/**
 * Replaces the one component that cannot be sold now by the most similar product that can: same category, similarity at
 * least 0.45, price within 1.5 times, five sets in stock, and the margin floor kept (by itself at the bundle's
 * discount, or by the whole set if the reward is an amount or a price). The anchor is never replaced, because the offer
 * is shown on its page. Depends only on its arguments: once the component is back, the bundle is as approved.
 *
 * @param catalogue the missing products with category and price, and the candidates
 * @param variants of the bundles' products, for the cost of the rest of a set; without them a set at a price or an
 *   amount off keeps its gap
 * @returns the bundles in their order, and the replacements. A bundle without a fitting stand-in is unchanged
 * @see app/domain/propose/profit/find-substitute.ts, the same choice with the demand of a run
 */
export function putStandIns(
  bundles: readonly ApprovedBundle[],
  catalogue: readonly StandInCandidate[],
  rules: MarginRules,
  variants: readonly SiblingVariant[] = [],
): { readonly bundles: readonly ApprovedBundle[]; readonly standIns: readonly StandIn[] } {
  const byVariant = new Map(catalogue.map((candidate) => [candidate.variantGid, candidate]));
  const gone = new Set(
    bundles.flatMap(({ components }) => components.filter(isUnavailable)).map(({ variantGid }) => variantGid),
  );
  const sold = catalogue.filter(({ variantGid }) => !gone.has(variantGid));
  const standIns: StandIn[] = [];
  const replaced = bundles.map((bundle) => {
    const missing = bundle.components.filter(isUnavailable);
    const component = missing[0];
    const original = component && byVariant.get(component.variantGid);
    if (bundle.terms.kind !== "set") return bundle;
    if (missing.length !== 1 || !component || !original || component === bundle.components[0]) return bundle;
    const standIn = findStandIn(bundle, component, original, { catalogue: sold, variants, rules });
    if (!standIn) return bundle;
    const position = bundle.components.indexOf(component);
    const { variantGid, productGid, title } = standIn;
    standIns.push({ bundleId: bundle.id, position, variantGid, productGid, title });
    return replaceComponent(bundle, component, standIn);
  });
  return { bundles: replaced, standIns };
}

function findStandIn(
  bundle: ApprovedBundle,
  component: ApprovedComponent,
  original: StandInCandidate,
  {
    catalogue,
    variants,
    rules,
  }: {
    catalogue: readonly StandInCandidate[];
    variants: readonly SiblingVariant[];
    rules: MarginRules;
  },
): StandInCandidate | null {
  const taken = new Set(bundle.components.map(({ productGid }) => productGid));
  const others = bundle.components.filter((other) => other !== component);
  const leeway = readLeeway(bundle, rules);
  const leastLeeway = isForWhole(bundle.terms)
    ? -leewayBeside(others, leeway, variants) / component.quantity
    : 0;
  let best: { candidate: StandInCandidate; similarity: number } | null = null;
  for (const candidate of catalogue) {
    if (taken.has(candidate.productGid) || candidate.productType !== original.productType) continue;
    if (candidate.stockUnits !== null && candidate.stockUnits < component.quantity * LEAST_SETS) continue;
    if (leeway.ofUnit(candidate) < leastLeeway - 1e-9) continue;
    const similarity = similarityOf(original, candidate);
    if (similarity < LEAST_SIMILARITY || !isNewBeside(candidate, others)) continue;
    const isBetter =
      !best ||
      similarity > best.similarity ||
      (similarity === best.similarity && candidate.variantGid < best.candidate.variantGid);
    if (isBetter) best = { candidate, similarity };
  }
  return best?.candidate ?? null;
}

/** What the reward and the other parts earn above the floor, in their worst variants; -∞ if a variant is unknown. */
function leewayBeside(
  others: readonly ApprovedComponent[],
  { ofUnit, ofRewardMinor }: Leeway,
  variants: readonly SiblingVariant[],
): number {
  return others.reduce((sum, { variantGid, productGid, openStock, quantity }) => {
    const served = variants.filter((one) =>
      openStock ? one.productGid === productGid : one.variantGid === variantGid,
    );
    return served.length === 0 ? -Infinity : sum + Math.min(...served.map(ofUnit)) * quantity;
  }, ofRewardMinor);
}

/** 0 to 1; 0 between products without a common product word, without a category, or far apart in price. */
function similarityOf(a: StandInCandidate, b: StandInCandidate): number {
  const [own, other] = [descriptiveWordsOf(a.title), descriptiveWordsOf(b.title)];
  if (![...own].some((word) => isProductWord(word) && other.has(word)) || a.productType === "") return 0;
  // Titles share few words by design, hence the square root.
  const title = Math.sqrt(titleSimilarity(own, other));
  const price = Math.min(a.priceMinor, b.priceMinor) / Math.max(1, a.priceMinor, b.priceMinor);
  if (price * MOST_PRICE_FACTOR < 1) return 0;
  return WEIGHTS.title * title + WEIGHTS.category + WEIGHTS.price * price;
}

/** Without amounts, sizes and joining words: "set of 3" does not describe a product. */
function descriptiveWordsOf(title: string): ReadonlySet<string> {
  return new Set([...wordsOf(title)].filter(isDescriptive));
}

/** A bundle must not hold the same thing twice in two colours. */
function isNewBeside(candidate: StandInCandidate, others: readonly ApprovedComponent[]): boolean {
  // Prices count only between similar names; the others' are unknown, and the candidate's own is the strictest.
  const name = { words: nameWordsOf(candidate.title), priceMinor: candidate.priceMinor };
  return others.every(
    ({ title }) =>
      relateNames(name, { words: nameWordsOf(title), priceMinor: candidate.priceMinor }) === "different",
  );
}

function replaceComponent(
  bundle: ApprovedBundle,
  component: ApprovedComponent,
  { variantGid, productGid, title, stockUnits }: StandInCandidate,
): ApprovedBundle {
  const own = { variantGid, productGid, title, stockUnits };
  const standIn = { ...own, quantity: component.quantity, isActive: true, openStock: null, isGift: false };
  const components = bundle.components.map((other) => (other === component ? standIn : other));
  return { ...bundle, components, title: retitle(bundle.title, component.title, title) };
}

/** Replaces the missing product's name in a title, whole or shortened; a title that names a theme stays. */
function retitle(title: string, missing: string, standIn: string): string {
  const write = WRITINGS.find((one) => title.includes(one(missing)));
  return write ? title.replace(write(missing), () => write(standIn)) : title;
}

/** How a title can write a product's name. */
const WRITINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  readable,
  (name) => shorten(name, "first"),
  (name) => shorten(name, "amid"),
];

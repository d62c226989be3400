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

/** A product that may take the place of another. */
export interface StandInCandidate extends SiblingVariant {
  readonly title: string;
  /** The shop's own category; a product without one has no neighbours. */
  readonly productType: string;
}

/** One replacement in one bundle. */
export interface StandIn {
  readonly bundleId: string;
  readonly position: number;
  readonly variantGid: string;
  readonly productGid: string;
  readonly title: string;
}

/** A stand-in less alike than this is another product; as in step 5. */
const LEAST_SIMILARITY = 0.45;
/** Sets that a stand-in must have in stock, so that it is not gone with the next order. */
const LEAST_SETS = 5;
/** A product that costs more than so many times the other, either way, is another offer to the shopper. */
const MOST_PRICE_FACTOR = 1.5;
/** Title, category and price as step 5 weighs them; shared partners are not known between two runs. */
const WEIGHTS = { title: 0.5625, category: 0.25, price: 0.1875 } as const;

/**
 * Bundles with the one component that can't be sold now replaced by the nearest product that can: same category, a
 * similarity of at least 0.45, a price within 1.5 times, five sets in stock, the margin floor kept: by itself at the bundle's
 * discount, and by the whole set where the reward is an amount or a price. The anchor is never
 * replaced, since the offer stands on its page. Depends on nothing but its arguments: as soon as the component is
 * back, the bundle is what the merchant approved.
 *
 * @param catalogue the products asked about with their category and price, and what may stand in
 * @param variants of the bundles' products, which tell what the rest of a set costs; without them a set at a price or an
 *   amount off keeps its gap
 * @returns the bundles in their order, and what was replaced. One whose gap nothing fills is returned as it is
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

/** What the reward and the other parts earn above the floor, in their worst variants; -∞ where a cost is not known. */
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

/** 0 to 1; 0 between products that share no word for what they are, have no category or are far apart in price. */
function similarityOf(a: StandInCandidate, b: StandInCandidate): number {
  const [own, other] = [descriptiveWordsOf(a.title), descriptiveWordsOf(b.title)];
  if (![...own].some((word) => isProductWord(word) && other.has(word)) || a.productType === "") return 0;
  // Few words are shared by design, hence the square root.
  const title = Math.sqrt(titleSimilarity(own, other));
  const price = Math.min(a.priceMinor, b.priceMinor) / Math.max(1, a.priceMinor, b.priceMinor);
  if (price * MOST_PRICE_FACTOR < 1) return 0;
  return WEIGHTS.title * title + WEIGHTS.category + WEIGHTS.price * price;
}

/** Without amounts, sizes and joining words: "set of 3" says nothing of a product. */
function descriptiveWordsOf(title: string): ReadonlySet<string> {
  return new Set([...wordsOf(title)].filter(isDescriptive));
}

/** A bundle must not end up with the same thing twice in two colours. */
function isNewBeside(candidate: StandInCandidate, others: readonly ApprovedComponent[]): boolean {
  // Prices count only where names are alike; without the others' prices the candidate's own is the strictest.
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

/** Where a title names the missing product, whole or shortened, it names the other; a theme holds for what is near. */
function retitle(title: string, missing: string, standIn: string): string {
  const write = WRITINGS.find((one) => title.includes(one(missing)));
  return write ? title.replace(write(missing), () => write(standIn)) : title;
}

/** How a title may write a product's name. */
const WRITINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  readable,
  (name) => shorten(name, "first"),
  (name) => shorten(name, "amid"),
];

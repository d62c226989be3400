import { CartVariant, NONE, findVariant, variantAt, variantCount } from "./cart";
import * as keys from "./keys";
import { parseDigits } from "./numbers";
import { Value, arrayLength, element, integerIn, property, readString, stringLength } from "./wasm-api";

const MAX_OFFERS_PER_PRODUCT: u32 = 20;
const MAX_TITLE_BYTES: u32 = 480;
const MAX_CANDIDATES: u32 = 2048;
const MAX_COMPONENTS: u32 = 4;

/** An offer whose components are all in the cart, as often as the cart holds them. */
@unmanaged
export class Candidate {
  title: Value;
  /** What the shopper saves over all sets. */
  hundredths: i64;
  sets: i32;
  size: i32;
  /** Next candidate of the same connected component, in falling order of saving, or NONE. */
  next: i32;
  isChosen: i32;
  variant0: i32;
  variant1: i32;
  variant2: i32;
  variant3: i32;
  quantity0: i32;
  quantity1: i32;
  quantity2: i32;
  quantity3: i32;

  /** Index of the variant of component `at`, below `size`. */
  variant(at: i32): i32 {
    return load<i32>(changetype<usize>(this) + (at << 2), offsetof<Candidate>("variant0"));
  }

  quantity(at: i32): i32 {
    return load<i32>(changetype<usize>(this) + (at << 2), offsetof<Candidate>("quantity0"));
  }

  /** Adds a component, or its units to the one that has the variant already. */
  add(variant: i32, quantity: i32): void {
    let at = 0;
    while (at < this.size && this.variant(at) != variant) at++;
    const pointer = changetype<usize>(this) + (at << 2);
    if (at == this.size) {
      this.size = at + 1;
      store<i32>(pointer, variant, offsetof<Candidate>("variant0"));
      store<i32>(pointer, quantity, offsetof<Candidate>("quantity0"));
    } else {
      store<i32>(pointer, this.quantity(at) + quantity, offsetof<Candidate>("quantity0"));
    }
  }
}

const CANDIDATES: usize = memory.data(131072); // 2048 candidates of 64 bytes

export let candidateCount: u32 = 0;

export function candidateAt(index: i32): Candidate {
  return changetype<Candidate>(CANDIDATES + index * offsetof<Candidate>());
}

/**
 * Reads the offers of every variant's product and keeps those that the cart fulfils. Anything malformed is passed over.
 *
 * @param step hundredths in the smallest amount that the cart's currency can pay
 */
export function findCandidates(step: i64): void {
  for (let i: u32 = 0; i < variantCount; i++) {
    const variant = variantAt(i);
    const offers = property(property(variant.product, keys.METAFIELD), keys.JSON_VALUE);
    if (integerIn(property(offers, keys.V), 1, 1) < 0) continue;
    const list = property(offers, keys.O);
    const count = min(arrayLength(list), MAX_OFFERS_PER_PRODUCT);
    for (let o: u32 = 0; o < count; o++) {
      if (candidateCount == MAX_CANDIDATES) return;
      if (readOffer(element(list, o), variant, candidateAt(candidateCount), step)) candidateCount++;
    }
  }
}

/** Fills `candidate` if the offer is well formed, starts at `anchor`, and the cart holds at least one set of it. */
function readOffer(offer: Value, anchor: CartVariant, candidate: Candidate, step: i64): bool {
  const components = property(offer, keys.C);
  const count = arrayLength(components);
  if (count < 2 || count > MAX_COMPONENTS) return false;
  candidate.size = 0;
  for (let i: u32 = 0; i < count; i++) {
    const component = element(components, i);
    const key = parseDigits(0, readString(property(component, keys.V)));
    if (key == 0 || (i == 0 && key != anchor.key)) return false;
    const variant = findVariant(key);
    if (variant == NONE) return false;
    const quantity = integerIn(property(component, keys.Q), 1, 9);
    if (quantity < 0) return false;
    candidate.add(variant, quantity);
  }
  if (candidate.size < 2) return false;
  const basisPoints = integerIn(property(offer, keys.BP), 1, 9000);
  if (basisPoints < 0) return false;
  const title = property(offer, keys.T);
  const titleBytes = stringLength(title);
  if (titleBytes == 0 || titleBytes > MAX_TITLE_BYTES) return false;

  let sets = i32.MAX_VALUE;
  let total: i64 = 0;
  for (let i = 0; i < candidate.size; i++) {
    const variant = variantAt(candidate.variant(i));
    const quantity = candidate.quantity(i);
    sets = min(sets, variant.units / quantity);
    total += variant.unitHundredths * quantity;
  }
  // The promise of the widget is per set, so what no coin can pay is dropped once for each set.
  const perSet = ((total * basisPoints) / (10000 * step)) * step;
  if (sets == 0 || perSet == 0) return false;
  candidate.title = title;
  candidate.sets = sets;
  candidate.hundredths = perSet * sets;
  candidate.isChosen = 0;
  return true;
}

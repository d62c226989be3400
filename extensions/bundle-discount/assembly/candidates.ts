import { CartVariant, NONE, findProduct, findVariant, variantAt, variantCount } from "./cart";
import * as keys from "./keys";
import { parseDigits } from "./numbers";
import {
  SCRATCH,
  Value,
  arrayLength,
  element,
  integerIn,
  isNull,
  property,
  readString,
  stringLength,
} from "./wasm-api";

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
  /** Index of a variant, or where any variant of a product counts, `openTo` of its dearest one in the cart. */
  part0: i32;
  part1: i32;
  part2: i32;
  part3: i32;
  quantity0: i32;
  quantity1: i32;
  quantity2: i32;
  quantity3: i32;

  part(at: i32): i32 {
    return load<i32>(changetype<usize>(this) + (at << 2), offsetof<Candidate>("part0"));
  }

  quantity(at: i32): i32 {
    return load<i32>(changetype<usize>(this) + (at << 2), offsetof<Candidate>("quantity0"));
  }

  /** Adds a component, or its units to the one that has the part already. */
  add(part: i32, quantity: i32): void {
    let at = 0;
    while (at < this.size && this.part(at) != part) at++;
    const pointer = changetype<usize>(this) + (at << 2);
    if (at == this.size) {
      this.size = at + 1;
      store<i32>(pointer, part, offsetof<Candidate>("part0"));
      store<i32>(pointer, quantity, offsetof<Candidate>("quantity0"));
    } else {
      store<i32>(pointer, this.quantity(at) + quantity, offsetof<Candidate>("quantity0"));
    }
  }
}

const CANDIDATES: usize = memory.data(131072); // 2048 candidates of 64 bytes

const DRAWS: usize = memory.data(4096); // variant and units of up to 512 draws

export let candidateCount: u32 = 0;
/** Whether the sets of the candidate whose draws were listed last all cost the same. */
let areSetsAlike: bool = true;

/** A part that any variant of a product fills, and back again to the variant from which the product's others hang. */
function openTo(part: i32): i32 {
  return -2 - part;
}

export function drawnVariant(draw: i32): i32 {
  return load<i32>(DRAWS + (draw << 3));
}

export function drawnUnits(draw: i32): i32 {
  return load<i32>(DRAWS + (draw << 3), 4);
}

/**
 * Lists which variants the candidate takes its units from, for `drawnVariant` and `drawnUnits`: of a product whose
 * variants all count, the dearest units first, because they save the shopper the most.
 *
 * @returns how many there are; they stand until the next call
 */
export function listDraws(candidate: Candidate): i32 {
  let count = 0;
  areSetsAlike = true;
  for (let c = 0; c < candidate.size; c++) {
    let rest = candidate.sets * candidate.quantity(c);
    const part = candidate.part(c);
    let at = part >= 0 ? part : openTo(part);
    while (true) {
      const units = part >= 0 ? rest : min(rest, variantAt(at).units);
      store<i32>(DRAWS + (count << 3), at);
      store<i32>(DRAWS + (count++ << 3), units, 4);
      rest -= units;
      if (rest == 0) break;
      const price = variantAt(at).unitHundredths;
      at = variantAt(at).nextOfProduct;
      if (variantAt(at).unitHundredths != price) areSetsAlike = false;
    }
  }
  return count;
}

function unitsOf(part: i32): i32 {
  if (part >= 0) return variantAt(part).units;
  let units = 0;
  for (let at = openTo(part); at != NONE; at = variantAt(at).nextOfProduct) units += variantAt(at).units;
  return units;
}

/** Whether two parts may take the same variant though they are not the same part. */
function overlap(part: i32, other: i32): bool {
  if (part >= 0 && other >= 0) return false;
  const one = variantAt(part >= 0 ? part : openTo(part));
  return one.productKey == variantAt(other >= 0 ? other : openTo(other)).productKey;
}

export function candidateAt(index: i32): Candidate {
  return changetype<Candidate>(CANDIDATES + index * offsetof<Candidate>());
}

/**
 * Reads the offers of every variant's product and keeps those that the cart fulfils. Anything malformed is passed over.
 *
 * @param step hundredths in the smallest amount that the cart's currency can pay
 * @param today the shop's day as the number 20261224
 * @param country the two letters of the shopper's country, 0 when unknown
 */
export function findCandidates(step: i64, today: i32, country: u16): void {
  for (let i: u32 = 0; i < variantCount; i++) {
    const variant = variantAt(i);
    const offers = property(property(variant.product, keys.METAFIELD), keys.JSON_VALUE);
    if (integerIn(property(offers, keys.V), 1, 1) < 0) continue;
    const list = property(offers, keys.O);
    const count = min(arrayLength(list), MAX_OFFERS_PER_PRODUCT);
    for (let o: u32 = 0; o < count; o++) {
      if (candidateCount == MAX_CANDIDATES) return;
      const offer = element(list, o);
      if (!isForCountry(property(offer, keys.M), country)) continue;
      if (readOffer(offer, variant, candidateAt(candidateCount), step, today)) candidateCount++;
    }
  }
}

/** Whether the list, "AT DE", names the country; an offer without a list is for all, one with anything else for none. */
function isForCountry(countries: Value, country: u16): bool {
  if (isNull(countries)) return true;
  if (country == 0) return false;
  const length = readString(countries);
  for (let at: u32 = 0; at + 2 <= length; at += 3) if (load<u16>(SCRATCH + at) == country) return true;
  return false;
}

/** Fills `candidate` if the offer is well formed, starts at `anchor`, and the cart holds at least one set of it. */
function readOffer(offer: Value, anchor: CartVariant, candidate: Candidate, step: i64, today: i32): bool {
  const components = property(offer, keys.C);
  const count = arrayLength(components);
  if (count < 2 || count > MAX_COMPONENTS) return false;
  candidate.size = 0;
  for (let i: u32 = 0; i < count; i++) {
    const part = readPart(element(components, i), anchor, i == 0);
    if (part == NONE) return false;
    const quantity = integerIn(property(element(components, i), keys.Q), 1, 9);
    if (quantity < 0) return false;
    candidate.add(part, quantity);
  }
  if (candidate.size < 2) return false;
  for (let i = 1; i < candidate.size; i++) {
    for (let o = 0; o < i; o++) if (overlap(candidate.part(i), candidate.part(o))) return false;
  }
  const basisPoints = integerIn(property(offer, keys.BP), 1, 9000);
  if (basisPoints < 0) return false;
  const lastDay = property(offer, keys.U);
  if (!isNull(lastDay) && integerIn(lastDay, today, 9999_12_31) < 0) return false;
  const title = property(offer, keys.T);
  const titleBytes = stringLength(title);
  if (titleBytes == 0 || titleBytes > MAX_TITLE_BYTES) return false;

  let sets = i32.MAX_VALUE;
  for (let i = 0; i < candidate.size; i++)
    sets = min(sets, unitsOf(candidate.part(i)) / candidate.quantity(i));
  if (sets == 0) return false;
  candidate.sets = sets;
  const hundredths = savingOf(candidate, basisPoints, step);
  if (hundredths == 0) return false;
  candidate.title = title;
  candidate.hundredths = hundredths;
  candidate.isChosen = 0;
  return true;
}

/** The variant or the product that a component asks for, or NONE when the cart lacks it or the component is malformed. */
function readPart(component: Value, anchor: CartVariant, isFirst: bool): i32 {
  const key = parseDigits(0, readString(property(component, keys.V)));
  if (key == 0) return NONE;
  const product = property(component, keys.P);
  if (isNull(product)) {
    return isFirst && key != anchor.key ? NONE : findVariant(key);
  }
  const productKey = parseDigits(0, readString(product));
  if (productKey == 0) return NONE;
  const head = findProduct(productKey);
  if (head == NONE) return NONE;
  // The rule is read once, however many variants of the anchor's product the cart holds.
  if (isFirst && (productKey != anchor.productKey || !anchor.isFirstOfProduct)) return NONE;
  return openTo(head);
}

/**
 * What the shopper saves over all sets. The promise of the widget is per set, so what no coin can pay is dropped once
 * for each set; where sets differ in price, once for all, which is never less than the sum of what was promised.
 */
function savingOf(candidate: Candidate, basisPoints: i32, step: i64): i64 {
  const draws = listDraws(candidate);
  let total: i64 = 0;
  for (let d = 0; d < draws; d++) total += variantAt(drawnVariant(d)).unitHundredths * drawnUnits(d);
  const sets = areSetsAlike ? candidate.sets : 1;
  return (((total / sets) * basisPoints) / (10000 * step)) * step * sets;
}

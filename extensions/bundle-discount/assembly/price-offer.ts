import { NONE, findProduct, findVariant, placeOf, productAt, variantAt } from "./cart";
import { hasRate, shareOf, toCart } from "./currency";
import { Item, Offer, addDraw, beginDraws, dropDraws, itemAt } from "./offer";

/*
 * What one offer saves on the cart, by the arithmetic of the app's `price-offer.ts`, to which the tests hold it: units
 * are taken the dearest first, equal prices in the order of the cart.
 */

const NO_CAP: i32 = i32.MAX_VALUE;
const PERCENT: i32 = 0x25;
const MINUS: i32 = 0x2d;
/** Savings that no cart has, and that would not rank. */
const MAX_HUNDREDTHS: i64 = 1 << 52;

// What was drawn since the last `beginTotal`: its price, and whether within each list all units cost the same.
let total: i64 = 0;
let areAlike: bool = true;
/** Variant that may not be drawn, because it is the gift. */
let excluded: i32 = NONE;

/** Sets what the offer saves, and lists what it takes for that. */
export function priceOffer(offer: Offer): void {
  beginDraws(offer);
  beginTotal();
  excluded = NONE;
  let hundredths: i64 = 0;
  if (offer.kind == 0x73) hundredths = priceSet(offer);
  else if (offer.kind == 0x72) hundredths = priceRange(offer);
  else if (offer.kind == 0x62) hundredths = priceBreaks(offer);
  else hundredths = priceGift(offer);
  if (hundredths > 0 && hundredths <= MAX_HUNDREDTHS && offer.isOpen) {
    offer.hundredths = hundredths;
    return;
  }
  dropDraws(offer);
}

function beginTotal(): void {
  total = 0;
  areAlike = true;
}

// The lists that fill the parts of the offer at hand: place, length and units of the part.
const FILLED: usize = memory.data(48);
let filledCount: i32 = 0;
let areFilled: bool = false;

function filledList(part: i32): usize {
  return load<usize>(FILLED + part * 12);
}

function filledLength(part: i32): i32 {
  return load<i32>(FILLED + part * 12, 4);
}

function filledUnits(part: i32): i32 {
  return load<i32>(FILLED + part * 12, 8);
}

let listFound: usize = 0;
let lengthFound: i32 = 0;

/** Finds the variants that fill a part; false where the cart has none. */
function findFilling(part: Item): bool {
  if (part.product == 0) {
    const variant = findVariant(part.variant);
    if (variant == NONE) return false;
    listFound = placeOf(variant);
    lengthFound = 1;
    return true;
  }
  const index = findProduct(part.product);
  if (index == NONE) return false;
  listFound = productAt(index).variants;
  lengthFound = productAt(index).variantCount;
  return lengthFound > 0;
}

/**
 * Finds what fills the parts; the same part named twice is one of more units.
 *
 * @returns how many sets there can be; 0 where a part is missing, or where two parts may take the same variant
 */
function fillParts(offer: Offer): i32 {
  filledCount = 0;
  for (let i = 0; i < offer.itemCount; i++) {
    const part = itemAt(offer, i);
    if (!findFilling(part)) return 0;
    const ofProduct = productOf(listFound);
    const isOpen = part.product != 0;
    let at = 0;
    while (at < filledCount && filledList(at) != listFound) {
      const list = filledList(at++);
      // A variant and the product that it belongs to, whose units would count twice.
      if (productOf(list) == ofProduct && (isOpen || list == productAt(ofProduct).variants)) return 0;
    }
    const pointer = FILLED + at * 12;
    if (at == filledCount) {
      filledCount++;
      store<usize>(pointer, listFound);
      store<i32>(pointer, lengthFound, 4);
      store<i32>(pointer, part.units, 8);
    } else store<i32>(pointer, filledUnits(at) + part.units, 8);
  }
  let sets = offer.times;
  for (let at = 0; at < filledCount; at++)
    sets = min(sets, unitsOf(filledList(at), filledLength(at), NO_CAP) / filledUnits(at));
  return sets;
}

function productOf(list: usize): i32 {
  return variantAt(load<i32>(list)).product;
}

function unitsOf(list: usize, length: i32, cap: i32): i32 {
  let units = 0;
  for (let at = list; at < list + (length << 2); at += 4) {
    const index = load<i32>(at);
    if (index != excluded) units += min(variantAt(index).units, cap);
  }
  return units;
}

/** Adds the dearest `count` units to the total, of each variant at most `cap`; no fewer are there. */
function sumDearest(list: usize, count: i32, cap: i32): void {
  let rest = count;
  let price: i64 = -1;
  for (let at = list; rest > 0; at += 4) {
    const index = load<i32>(at);
    if (index == excluded) continue;
    const variant = variantAt(index);
    const units = min(rest, min(variant.units, cap));
    if (price >= 0 && price != variant.unitHundredths) areAlike = false;
    price = variant.unitHundredths;
    total += price * units;
    rest -= units;
  }
}

/** Lists the same units as the offer's draws. */
function drawDearest(offer: Offer, list: usize, count: i32, cap: i32): void {
  let rest = count;
  for (let at = list; rest > 0; at += 4) {
    const index = load<i32>(at);
    if (index == excluded) continue;
    const units = min(rest, min(variantAt(index).units, cap));
    addDraw(offer, index, units);
    rest -= units;
  }
}

/** What a reward is worth on the sets whose total was summed; 0 or less is nothing. */
function rewardOf(reward: i32, worth: i32, sets: i32): i64 {
  if (reward == PERCENT) {
    if (!areAlike || sets == 1) return shareOf(total, worth);
    return shareOf(total / sets, worth) * sets;
  }
  if (!hasRate()) return 0;
  const paid = toCart(worth) * sets;
  return reward == MINUS ? min(total, paid) : total - paid;
}

function priceSet(offer: Offer): i64 {
  const sets = fillParts(offer);
  if (sets <= 0) return 0;
  for (let at = 0; at < filledCount; at++) {
    const count = sets * filledUnits(at);
    sumDearest(filledList(at), count, NO_CAP);
    drawDearest(offer, filledList(at), count, NO_CAP);
  }
  offer.discountedCount = offer.drawCount;
  return rewardOf(offer.reward, offer.worth, sets);
}

/**
 * As many sets of the pool's dearest units as save the most, and of those the fewest. Over the number of sets what an
 * amount or a price saves is concave and what a share saves never falls, so halving finds it without trying each.
 */
function priceRange(offer: Offer): i64 {
  let most = min(offer.times, unitsOf(offer.pool, offer.poolSize, NO_CAP) / offer.units);
  if (offer.isDistinct) most = mostDistinct(offer, most);
  if (most <= 0) return 0;
  let low = 1;
  let high = most;
  if (offer.reward == PERCENT) {
    const best = rangeSaving(offer, most);
    if (most > 1 && rangeSaving(offer, most - 1) < best) low = most;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rangeSaving(offer, middle) < best) low = middle + 1;
      else high = middle;
    }
  } else {
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rangeSaving(offer, middle) < rangeSaving(offer, middle + 1)) low = middle + 1;
      else high = middle;
    }
  }
  const hundredths = rangeSaving(offer, low);
  if (hundredths <= 0) return 0;
  drawDearest(offer, offer.pool, low * offer.units, offer.isDistinct ? low : NO_CAP);
  offer.discountedCount = offer.drawCount;
  return hundredths;
}

/** Most sets of different variants: so many can be made where no variant counts more often than there are sets. */
function mostDistinct(offer: Offer, most: i32): i32 {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (unitsOf(offer.pool, offer.poolSize, middle) >= middle * offer.units) low = middle;
    else high = middle - 1;
  }
  return low;
}

function rangeSaving(offer: Offer, sets: i32): i64 {
  beginTotal();
  sumDearest(offer.pool, sets * offer.units, offer.isDistinct ? sets : NO_CAP);
  return rewardOf(offer.reward, offer.worth, sets);
}

function priceBreaks(offer: Offer): i64 {
  let hundredths: i64 = 0;
  if (offer.scope == 0x6f) hundredths = priceTiers(offer, offer.pool, offer.poolSize);
  else {
    const mark = <i32>changetype<usize>(offer);
    for (let at = 0; at < offer.poolSize; at++) {
      const place = offer.pool + (at << 2);
      if (offer.scope == 0x76) {
        hundredths += priceTiers(offer, place, 1);
        continue;
      }
      const product = productAt(variantAt(load<i32>(place)).product);
      if (product.seenBy == mark) continue;
      product.seenBy = mark;
      hundredths += priceTiers(offer, product.variants, product.variantCount);
    }
  }
  offer.discountedCount = offer.drawCount;
  return hundredths;
}

/** A share for all units by the last tier of the rule that they reach, or an amount or price for each whole tier. */
function priceTiers(offer: Offer, list: usize, length: i32): i64 {
  const held = unitsOf(list, length, NO_CAP);
  let tier = offer.itemCount - 1;
  while (tier >= 0 && itemAt(offer, tier).units > held) tier--;
  if (tier < 0) return 0;
  beginTotal();
  if (itemAt(offer, tier).reward == PERCENT) {
    sumDearest(list, held, NO_CAP);
    const saved = rewardOf(PERCENT, itemAt(offer, tier).worth, held);
    if (saved > 0) drawDearest(offer, list, held, NO_CAP);
    return saved;
  }
  return priceWholeTiers(offer, tier, list, held);
}

/** Amounts and prices, tier after tier as long as there are units; alike units of one variant are priced once. */
function priceWholeTiers(offer: Offer, highest: i32, list: usize, held: i32): i64 {
  let hundredths: i64 = 0;
  let left = offer.times;
  let rest = held;
  let place = list;
  // Units of the variant at `place` that are taken already.
  let taken = 0;
  for (let at = highest; at >= 0; at--) {
    const tier = itemAt(offer, at);
    while (left > 0 && rest >= tier.units) {
      const index = load<i32>(place);
      const open = variantAt(index).units - taken;
      if (open == 0) {
        place += 4;
        taken = 0;
        continue;
      }
      beginTotal();
      if (open >= tier.units) total = variantAt(index).unitHundredths * tier.units;
      else sumAcross(place, taken, tier.units);
      const saved = rewardOf(tier.reward, tier.worth, 1);
      if (saved <= 0) break;
      const sets = open >= tier.units ? min(left, open / tier.units) : 1;
      hundredths += saved * sets;
      left -= sets;
      rest -= sets * tier.units;
      for (let count = sets * tier.units; count > 0;) {
        const variant = load<i32>(place);
        const units = min(count, variantAt(variant).units - taken);
        addDraw(offer, variant, units);
        count -= units;
        taken += units;
        if (count > 0) {
          place += 4;
          taken = 0;
        }
      }
    }
  }
  return hundredths;
}

/** Adds the next `count` units of a list to the total, from behind those taken of its first variant. */
function sumAcross(list: usize, taken: i32, count: i32): void {
  let rest = count;
  let before = taken;
  for (let at = list; rest > 0; at += 4) {
    const variant = variantAt(load<i32>(at));
    const units = min(rest, variant.units - before);
    total += variant.unitHundredths * units;
    rest -= units;
    before = 0;
  }
}

function priceGift(offer: Offer): i64 {
  const gift = itemAt(offer, offer.itemCount);
  if (!findFilling(gift)) return 0;
  const given = listFound;
  const ofProduct = gift.product == 0 ? NONE : productOf(given);
  let sets = min(offer.times, unitsOf(given, lengthFound, NO_CAP) / gift.units);
  if (sets == 0) return 0;
  if (gift.product == 0) excluded = load<i32>(given);
  if (offer.spend == 0) {
    sets = min(sets, fillParts(offer));
    for (let at = 0; at < filledCount; at++) if (productOf(filledList(at)) == ofProduct) return 0;
  } else sets = min(sets, timesSpent(offer, ofProduct));
  if (sets <= 0) return 0;

  const notGiven = excluded;
  excluded = NONE;
  sumDearest(given, sets * gift.units, NO_CAP);
  drawDearest(offer, given, sets * gift.units, NO_CAP);
  offer.discountedCount = offer.drawCount;
  excluded = notGiven;
  if (offer.spend == 0) {
    for (let at = 0; at < filledCount; at++)
      drawDearest(offer, filledList(at), sets * filledUnits(at), NO_CAP);
  } else {
    for (let at = 0; at < offer.poolSize; at++) {
      const index = load<i32>(offer.pool + (at << 2));
      if (counts(index, ofProduct)) addDraw(offer, index, variantAt(index).units);
    }
  }
  return rewardOf(PERCENT, offer.worth, sets);
}

/** How often the pool's units reach what must be spent, the gift's own units left out. */
function timesSpent(offer: Offer, ofProduct: i32): i32 {
  if (!hasRate()) return 0;
  let spent: i64 = 0;
  for (let at = 0; at < offer.poolSize; at++) {
    const index = load<i32>(offer.pool + (at << 2));
    if (counts(index, ofProduct)) spent += variantAt(index).unitHundredths * variantAt(index).units;
  }
  return <i32>min<i64>(i32.MAX_VALUE, spent / toCart(offer.spend));
}

/** Whether the variant is none that the gift may be, by its product or by itself. */
function counts(index: i32, givenProduct: i32): bool {
  return index != excluded && variantAt(index).product != givenProduct;
}

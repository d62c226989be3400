import { NONE } from "./cart";
import { NO_CAP, PERCENT, beginTotal, exclude, rewardOf, takeDearest, unitsOf } from "./draw";
import { fillParts, filledCount, filledList, filledUnits } from "./fill-parts";
import { Offer, beginDraws, dropDraws } from "./offer";
import { priceBreaks } from "./price-breaks";
import { priceGift } from "./price-gift";

/*
 * The saving of one offer on the cart. Tests compare it with the app's `price-offer.ts`. Units are used in descending
 * order of price; equal prices keep the order of the cart.
 */

/** Larger savings do not occur in a cart and do not fit the sort key. */
const MAX_HUNDREDTHS: i64 = 1 << 52;

/** Sets the saving of the offer and its draws. */
export function priceOffer(offer: Offer): void {
  beginDraws(offer);
  beginTotal();
  exclude(NONE);
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

function priceSet(offer: Offer): i64 {
  const sets = fillParts(offer);
  if (sets <= 0) return 0;
  for (let at = 0; at < filledCount; at++) {
    takeDearest(filledList(at), sets * filledUnits(at), NO_CAP, offer);
  }
  offer.discountedCount = offer.drawCount;
  return rewardOf(offer.reward, offer.worth, sets);
}

/**
 * Finds the number of sets, of the pool's most expensive units, with the largest saving; if several, the smallest. The
 * saving is concave in the number of sets for an amount or a price, and never falls for a percentage, so bisection
 * finds it.
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
  beginTotal();
  takeDearest(offer.pool, low * offer.units, offer.isDistinct ? low : NO_CAP, offer);
  offer.discountedCount = offer.drawCount;
  return rewardOf(offer.reward, offer.worth, low);
}

/** Maximum number of sets of different variants: each variant counts at most once per set. */
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
  takeDearest(offer.pool, sets * offer.units, offer.isDistinct ? sets : NO_CAP, null);
  return rewardOf(offer.reward, offer.worth, sets);
}

import { NONE } from "./cart";
import { NO_CAP, PERCENT, beginTotal, exclude, rewardOf, takeDearest, unitsOf } from "./draw";
import { fillParts, filledCount, filledList, filledUnits } from "./fill-parts";
import { Offer, beginDraws, dropDraws } from "./offer";
import { priceBreaks } from "./price-breaks";
import { priceGift } from "./price-gift";

/*
 * What one offer saves on the cart, by the arithmetic of the app's `price-offer.ts`, to which the tests hold it: units
 * are taken the dearest first, equal prices in the order of the cart.
 */

/** Savings that no cart has, and that would not rank. */
const MAX_HUNDREDTHS: i64 = 1 << 52;

/** Sets what the offer saves, and lists what it takes for that. */
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
  beginTotal();
  takeDearest(offer.pool, low * offer.units, offer.isDistinct ? low : NO_CAP, offer);
  offer.discountedCount = offer.drawCount;
  return rewardOf(offer.reward, offer.worth, low);
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
  takeDearest(offer.pool, sets * offer.units, offer.isDistinct ? sets : NO_CAP, null);
  return rewardOf(offer.reward, offer.worth, sets);
}

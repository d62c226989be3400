import { NONE, variantAt } from "./cart";
import { hasRate, toCart } from "./currency";
import { NO_CAP, PERCENT, exclude, excluded, rewardOf, takeDearest, unitsOf } from "./draw";
import {
  fillParts,
  filledCount,
  filledLength,
  filledList,
  filledUnits,
  findFilling,
  lengthFound,
  listFound,
  productOf,
} from "./fill-parts";
import { Offer, addDraw, itemAt } from "./offer";

export function priceGift(offer: Offer): i64 {
  const gift = itemAt(offer, offer.itemCount);
  if (!findFilling(gift)) return 0;
  const given = listFound;
  const ofProduct = gift.product == 0 ? NONE : productOf(given);
  let sets = min(offer.times, unitsOf(given, lengthFound, NO_CAP) / gift.units);
  if (sets == 0) return 0;
  if (gift.product == 0) exclude(load<i32>(given));
  if (offer.spend == 0) {
    sets = min(sets, fillParts(offer));
    for (let at = 0; at < filledCount; at++) if (productOf(filledList(at)) == ofProduct) return 0;
  } else sets = min(sets, timesSpent(offer, ofProduct));
  if (sets <= 0) return 0;

  const notGiven = excluded;
  exclude(NONE);
  takeDearest(given, sets * gift.units, NO_CAP, offer);
  const saved = rewardOf(PERCENT, offer.worth, sets);
  offer.discountedCount = offer.drawCount;
  exclude(notGiven);
  if (offer.spend == 0) {
    for (let at = 0; at < filledCount; at++)
      takeDearest(filledList(at), sets * filledUnits(at), NO_CAP, offer);
  } else {
    for (let at = 0; at < offer.poolSize; at++) {
      const index = load<i32>(offer.pool + (at << 2));
      if (counts(index, ofProduct)) addDraw(offer, index, variantAt(index).units);
    }
  }
  return saved;
}

/** How often the pool's units reach the required spend, without the gift's own units. */
function timesSpent(offer: Offer, ofProduct: i32): i32 {
  if (!hasRate()) return 0;
  let spent: i64 = 0;
  for (let at = 0; at < offer.poolSize; at++) {
    const index = load<i32>(offer.pool + (at << 2));
    if (counts(index, ofProduct)) spent += variantAt(index).unitHundredths * variantAt(index).units;
  }
  return <i32>min<i64>(i32.MAX_VALUE, spent / toCart(offer.spend));
}

/** Whether the variant counts toward the spend: not the gift, and not of the gift's product. */
function counts(index: i32, givenProduct: i32): bool {
  return index != excluded && variantAt(index).product != givenProduct;
}

import { productAt, variantAt } from "./cart";
import { NO_CAP, PERCENT, addToTotal, beginTotal, rewardOf, takeDearest, unitsOf } from "./draw";
import { Offer, addToDraw, itemAt } from "./offer";

/** How often the order can still use amounts and prices of the current offer, over all its groups. */
let left: i32 = 0;

export function priceBreaks(offer: Offer): i64 {
  let hundredths: i64 = 0;
  left = offer.times;
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

/** The highest reached tier gives a percentage off all units, or an amount or price per whole tier. */
function priceTiers(offer: Offer, list: usize, length: i32): i64 {
  const held = unitsOf(list, length, NO_CAP);
  let tier = offer.itemCount - 1;
  while (tier >= 0 && itemAt(offer, tier).units > held) tier--;
  if (tier < 0) return 0;
  beginTotal();
  if (itemAt(offer, tier).reward == PERCENT) {
    takeDearest(list, held, NO_CAP, null);
    const saved = rewardOf(PERCENT, itemAt(offer, tier).worth, held);
    if (saved > 0) takeDearest(list, held, NO_CAP, offer);
    return saved;
  }
  return priceWholeTiers(offer, tier, list, held);
}

/** Applies amounts and prices to whole tiers, highest first. Prices the sets within one variant at once. */
function priceWholeTiers(offer: Offer, highest: i32, list: usize, held: i32): i64 {
  let hundredths: i64 = 0;
  let rest = held;
  let place = list;
  // Units of the variant at `place` that are used already.
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
      if (open >= tier.units) addToTotal(variantAt(index).unitHundredths * tier.units);
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
        addToDraw(offer, variant, units);
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

/** Adds the next `count` units of a list to the total, after the used units of its first variant. */
function sumAcross(list: usize, taken: i32, count: i32): void {
  let rest = count;
  let before = taken;
  for (let at = list; rest > 0; at += 4) {
    const variant = variantAt(load<i32>(at));
    const units = min(rest, variant.units - before);
    addToTotal(variant.unitHundredths * units);
    rest -= units;
    before = 0;
  }
}

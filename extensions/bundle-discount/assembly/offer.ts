/** A condition of an offer: a part of a set or gift, or a tier. */
@unmanaged
export class Item {
  /** Legacy ids; the product is 0 if only this variant fills the part. */
  variant: u64;
  product: u64;
  /** Units of the part, or the minimum units of the tier. */
  units: i32;
  /** Of a tier: "%", "-" or "=", and basis points or hundredths of the shop's currency. */
  reward: i32;
  worth: i32;
}

const ITEM_BYTES: i32 = 32;

/** An offer that a product of the cart carries, and its saving. */
@unmanaged
export class Offer {
  /** The shopper's saving; 0 if the cart does not fulfil the offer. */
  hundredths: i64;
  /** Letter of the kind. */
  kind: i32;
  /** Address of its 36-character id. */
  id: usize;
  /** Maximum number of times; without a limit, a number that no cart reaches. */
  times: i32;
  /** "%", "-" or "=", and basis points or hundredths of the shop's currency. */
  reward: i32;
  worth: i32;
  /** Of a range: units per set, and whether each variant counts once per set. */
  units: i32;
  isDistinct: i32;
  /** Of quantity breaks: the letter of the scope. */
  scope: i32;
  /** Of a gift: the required spend in hundredths; 0 if parts are required instead. */
  spend: i32;
  /** Number of parts without the gift, or of tiers. */
  itemCount: i32;
  /** From the title to the end of its translations. */
  titles: usize;
  titlesEnd: usize;
  /** Whether date and country allow it. */
  isOpen: i32;
  /** Indices of the variants of its pool, highest price first. */
  pool: usize;
  poolSize: i32;
  /** The last product that joined its pool. */
  lastMember: i32;
  /** Index of its first draw, number of discounted draws, and number of all draws with those of the required units. */
  firstDraw: i32;
  discountedCount: i32;
  drawCount: i32;
  /** Next offer of the same component, in descending order of saving, or -1. */
  next: i32;
  isChosen: i32;
}

const HEAD_BYTES: i32 = 104;
const OFFER_BYTES: i32 = 296; // the offer, then six items
export const MAX_OFFERS: i32 = 2048;
const OFFERS: usize = memory.data(606208);

export let offerCount: i32 = 0;

export function offerAt(index: i32): Offer {
  return changetype<Offer>(OFFERS + index * OFFER_BYTES);
}

export function itemAt(offer: Offer, item: i32): Item {
  return changetype<Item>(changetype<usize>(offer) + HEAD_BYTES + item * ITEM_BYTES);
}

/** Sets the number of offers, to keep a new one or drop the last ones. */
export function keepOffers(count: i32): void {
  offerCount = count;
}

const MAX_DRAWS: i32 = 32768;
const DRAWS: usize = memory.data(262144); // variant and units

let drawsListed: i32 = 0;

/** Whether the offer counts the units of all products that carry it. */
export function countsPool(offer: Offer): bool {
  return offer.kind == 0x72 || offer.kind == 0x62 || offer.spend > 0;
}

export function drawnVariant(draw: i32): i32 {
  return load<i32>(DRAWS + (draw << 3));
}

export function drawnUnits(draw: i32): i32 {
  return load<i32>(DRAWS + (draw << 3), 4);
}

export function beginDraws(offer: Offer): void {
  offer.firstDraw = drawsListed;
  offer.discountedCount = 0;
  offer.drawCount = 0;
}

/** Records that the offer uses units of a variant. */
export function addDraw(offer: Offer, variant: i32, units: i32): void {
  if (drawsListed == MAX_DRAWS) {
    // More than a Shopify cart can need; an offer without room is closed.
    offer.isOpen = 0;
    return;
  }
  store<i32>(DRAWS + (drawsListed << 3), variant);
  store<i32>(DRAWS + (drawsListed++ << 3), units, 4);
  offer.drawCount++;
}

/** Adds units to the last draw if it is of the same variant, otherwise adds a draw. */
export function addToDraw(offer: Offer, variant: i32, units: i32): void {
  const before = drawsListed - 1;
  if (offer.drawCount > 0 && drawnVariant(before) == variant)
    store<i32>(DRAWS + (before << 3), drawnUnits(before) + units, 4);
  else addDraw(offer, variant, units);
}

/** Drops the draws of an offer without a saving. */
export function dropDraws(offer: Offer): void {
  drawsListed = offer.firstDraw;
  offer.drawCount = 0;
}

/** What an offer asks of a cart: a part of a set or of a gift, or a tier. */
@unmanaged
export class Item {
  /** Legacy ids; the product is 0 where just the variant fills the part. */
  variant: u64;
  product: u64;
  /** Units of the part, or from which on the tier holds. */
  units: i32;
  /** Of a tier: "%", "-" or "=", and basis points or hundredths of the shop's currency. */
  reward: i32;
  worth: i32;
}

const ITEM_BYTES: i32 = 32;

/** An offer that a product of the cart carries, and what it saves. */
@unmanaged
export class Offer {
  /** What the shopper saves; 0 where the cart does not fulfil it. */
  hundredths: i64;
  /** The letter of the kind. */
  kind: i32;
  /** The 36 letters of its id. */
  id: usize;
  /** Most times, a number that no cart reaches where there is no limit. */
  times: i32;
  /** "%", "-" or "=", and basis points or hundredths of the shop's currency. */
  reward: i32;
  worth: i32;
  /** Of a range: units of a set, and whether each variant counts once in it. */
  units: i32;
  isDistinct: i32;
  /** Of breaks: the letter of the scope. */
  scope: i32;
  /** Of a gift: hundredths to be spent, 0 where parts must be bought. */
  spend: i32;
  /** Parts without the gift, or tiers. */
  itemCount: i32;
  /** From the title to behind its translations. */
  titles: usize;
  titlesEnd: usize;
  /** Whether day and country allow it. */
  isOpen: i32;
  /** Indices of the variants of its pool, the dearest first. */
  pool: usize;
  poolSize: i32;
  /** The product that joined its pool last. */
  lastMember: i32;
  /** Index of its first draw, how many are discounted, and how many there are with those that must be bought. */
  firstDraw: i32;
  discountedCount: i32;
  drawCount: i32;
  /** Next offer of the same connected component, in falling order of saving, or -1. */
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

/** Keeps as many offers as there are now, or forgets the later ones. */
export function keepOffers(count: i32): void {
  offerCount = count;
}

const MAX_DRAWS: i32 = 32768;
const DRAWS: usize = memory.data(262144); // variant and units

let drawsListed: i32 = 0;

/** Whether the offer is one that counts the units of all products which carry it. */
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

/** Notes that the offer takes units of a variant. */
export function addDraw(offer: Offer, variant: i32, units: i32): void {
  if (drawsListed == MAX_DRAWS) {
    // More than a cart of Shopify's can ask for: the offer that finds no room is none.
    offer.isOpen = 0;
    return;
  }
  store<i32>(DRAWS + (drawsListed << 3), variant);
  store<i32>(DRAWS + (drawsListed++ << 3), units, 4);
  offer.drawCount++;
}

/** The same, which are more of its last draw where that is of the same variant. */
export function addToDraw(offer: Offer, variant: i32, units: i32): void {
  const before = drawsListed - 1;
  if (offer.drawCount > 0 && drawnVariant(before) == variant)
    store<i32>(DRAWS + (before << 3), drawnUnits(before) + units, 4);
  else addDraw(offer, variant, units);
}

/** Forgets the draws of an offer that saves nothing. */
export function dropDraws(offer: Offer): void {
  drawsListed = offer.firstDraw;
  offer.drawCount = 0;
}

import { CartProduct, productAt, productCount, variantAt, variantCount } from "./cart";
import { Offer, countsPool, offerAt, offerCount } from "./offer";
import { holdPool } from "./pool-ids";
import { priceOffer } from "./price-offer";
import { readRules } from "./rule-text";
import { placeAt } from "./sort";

const MAX_MEMBERSHIPS: i32 = 16384;
const MEMBERSHIPS: usize = memory.data(65536); // offer indices, product by product
const POOLS: usize = memory.data(262144); // 65536 variant indices, offer by offer

let membershipCount: i32 = 0;

/**
 * Reads and prices the offers of every product. The pool of an offer is the lines of all products that carry its id.
 * The rule of the first of those products applies; later rules with the same id are ignored.
 */
export function findOffers(today: i32, country: u32): void {
  for (let at = 0; at < productCount; at++) {
    const product = productAt(at);
    product.firstPool = membershipCount;
    if (product.variantCount == 0) continue;
    const first = offerCount;
    readRules(product.rules, product.rulesEnd, today, country);
    joinPools(product, first);
  }
  fillPools();
  for (let at = 0; at < offerCount; at++) if (offerAt(at).isOpen) priceOffer(offerAt(at));
}

/** Adds the product to its pools, and closes its offers that an earlier product also carries. */
function joinPools(product: CartProduct, first: i32): void {
  for (let at = first; at < offerCount; at++) {
    const offer = offerAt(at);
    if (!countsPool(offer)) continue;
    const held = holdPool(at);
    if (held != at) offer.isOpen = 0;
    const mark = <i32>changetype<usize>(product);
    if (offerAt(held).lastMember == mark || membershipCount == MAX_MEMBERSHIPS) continue;
    offerAt(held).lastMember = mark;
    store<i32>(MEMBERSHIPS + (membershipCount++ << 2), held);
  }
  product.poolCount = membershipCount - product.firstPool;
}

/** Lists the variants of each pool, highest price first. */
function fillPools(): void {
  if (membershipCount == 0) return;
  for (let at = 0; at < productCount; at++) {
    const product = productAt(at);
    for (let m = 0; m < product.poolCount; m++) poolOf(product, m).poolSize += product.variantCount;
  }
  let place = POOLS;
  for (let at = 0; at < offerCount; at++) {
    const offer = offerAt(at);
    offer.pool = place;
    place += offer.poolSize << 2;
    offer.poolSize = 0;
  }
  for (let rank = 0; rank < variantCount; rank++) {
    const index = placeAt(rank);
    const product = productAt(variantAt(index).product);
    for (let m = 0; m < product.poolCount; m++) {
      const offer = poolOf(product, m);
      store<i32>(offer.pool + (offer.poolSize++ << 2), index);
    }
  }
}

function poolOf(product: CartProduct, membership: i32): Offer {
  return offerAt(load<i32>(MEMBERSHIPS + ((product.firstPool + membership) << 2)));
}

import { CartProduct, productAt, productCount, variantAt, variantCount } from "./cart";
import { Offer, countsPool, offerAt, offerCount } from "./offer";
import { priceOffer } from "./price-offer";
import { readRules } from "./rule-text";
import { placeAt } from "./sort";

const MAX_MEMBERSHIPS: i32 = 16384;
const MEMBERSHIPS: usize = memory.data(65536); // offer indices, product by product
const POOLS: usize = memory.data(262144); // 65536 variant indices, offer by offer
const SLOT_COUNT: u32 = 4096;
const SLOTS: usize = memory.data(16384); // offer + 1 of each pool's id, 0 when free

let membershipCount: i32 = 0;

/**
 * Reads the offers of every product and prices them. The lines whose products carry one pool offer's id are its pool,
 * under the rule of the first of them; what a product says of the same id later says nothing.
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

/** Notes in which pools the product is, and closes those of its offers that a product before it carried too. */
function joinPools(product: CartProduct, first: i32): void {
  for (let at = first; at < offerCount; at++) {
    const offer = offerAt(at);
    if (!countsPool(offer)) continue;
    const slot = slotOf(offer.id);
    let held = load<i32>(slot) - 1;
    if (held >= 0) offer.isOpen = 0;
    else {
      store<i32>(slot, at + 1);
      held = at;
    }
    const mark = <i32>changetype<usize>(product);
    if (offerAt(held).lastMember == mark || membershipCount == MAX_MEMBERSHIPS) continue;
    offerAt(held).lastMember = mark;
    store<i32>(MEMBERSHIPS + (membershipCount++ << 2), held);
  }
  product.poolCount = membershipCount - product.firstPool;
}

function slotOf(id: usize): usize {
  const key = load<u64>(id) ^ load<u64>(id, 28);
  let slot = <u32>((key * 0x9e37_79b9_7f4a_7c15) >> 52);
  while (true) {
    const pointer = SLOTS + (slot << 2);
    const held = load<i32>(pointer);
    if (held == 0 || isSame(offerAt(held - 1).id, id)) return pointer;
    slot = (slot + 1) & (SLOT_COUNT - 1);
  }
}

/** Whether two ids have the same 36 letters. */
function isSame(one: usize, other: usize): bool {
  const differ =
    (load<u64>(one) ^ load<u64>(other)) |
    (load<u64>(one, 8) ^ load<u64>(other, 8)) |
    (load<u64>(one, 16) ^ load<u64>(other, 16)) |
    (load<u64>(one, 24) ^ load<u64>(other, 24)) |
    (<u64>(load<u32>(one, 32) ^ load<u32>(other, 32)));
  return differ == 0;
}

/** Lists each pool's variants, the dearest first. */
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

import * as keys from "./keys";
import { parseHundredths, parseGid } from "./numbers";
import { Value, arrayLength, element, integerIn, isObject, isTrue, property, readString } from "./wasm-api";

/** Shopify's own limit on a cart is 500 lines. */
const MAX_LINES: u32 = 512;
const HASH_BITS: u32 = 11;
const HASH_SIZE: u32 = 1 << HASH_BITS;
export const NONE: i32 = -1;

/** One line that may serve a bundle. */
@unmanaged
class CartLine {
  id: Value;
  quantity: i32;
  /** Next line of the same variant, or NONE. */
  next: i32;
}

/** All lines of one variant: it serves at most one bundle, because Shopify gives a line one product discount. */
@unmanaged
export class CartVariant {
  key: u64;
  product: Value;
  /** The lowest unit price among its lines, so that the promised share is never exceeded. */
  unitHundredths: i64;
  units: i32;
  firstLine: i32;
  lastLine: i32;
  /** Parent in the forest of variants that offers connect; itself at a root. */
  parent: i32;
  /** First candidate of a root, best first, or NONE. */
  firstCandidate: i32;
  isTaken: i32;
  /** While one component is solved: the candidates that want this variant. */
  wantedBy: u64;
  productKey: u64;
  /** Next variant of the same product in falling order of price, or NONE; known once products are linked. */
  nextOfProduct: i32;
  /** Whether it is the first of its product in the order of the cart. */
  isFirstOfProduct: i32;
}

const LINES: usize = memory.data(8192); // 512 lines of 16 bytes
const VARIANTS: usize = memory.data(40960); // 512 variants of at most 80 bytes
const SLOTS: usize = memory.data(8192); // 2048 slots: variant + 1, 0 when free
const PRODUCT_SLOTS: usize = memory.data(8192); // 2048 slots: dearest variant of a product + 1, 0 when free

let lineCount: u32 = 0;
let areProductsLinked: bool = false;
export let variantCount: u32 = 0;

export function lineAt(index: i32): CartLine {
  return changetype<CartLine>(LINES + index * offsetof<CartLine>());
}

export function variantAt(index: i32): CartVariant {
  return changetype<CartVariant>(VARIANTS + index * offsetof<CartVariant>());
}

function slotOf(key: u64): usize {
  let slot = <u32>((key * 0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS));
  while (true) {
    const pointer = SLOTS + (slot << 2);
    const held = load<i32>(pointer);
    if (held == 0 || variantAt(held - 1).key == key) return pointer;
    slot = (slot + 1) & (HASH_SIZE - 1);
  }
}

/** The variant with this legacy id, or NONE when no usable line holds it. */
export function findVariant(key: u64): i32 {
  return load<i32>(slotOf(key)) - 1;
}

function productSlotOf(key: u64): usize {
  let slot = <u32>((key * 0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS));
  while (true) {
    const pointer = PRODUCT_SLOTS + (slot << 2);
    const held = load<i32>(pointer);
    if (held == 0 || variantAt(held - 1).productKey == key) return pointer;
    slot = (slot + 1) & (HASH_SIZE - 1);
  }
}

/** The dearest variant of the product with this legacy id, from which the others hang; NONE when the cart has none. */
export function findProduct(key: u64): i32 {
  if (!areProductsLinked) linkProducts();
  return load<i32>(productSlotOf(key)) - 1;
}

/** Hangs the variants of each product together, the dearest first; equal prices keep the order of the cart. */
function linkProducts(): void {
  areProductsLinked = true;
  for (let at: i32 = 0; at < <i32>variantCount; at++) {
    const variant = variantAt(at);
    if (variant.productKey == 0) continue;
    const slot = productSlotOf(variant.productKey);
    const head = load<i32>(slot) - 1;
    variant.isFirstOfProduct = i32(head == NONE);
    if (head == NONE || variantAt(head).unitHundredths < variant.unitHundredths) {
      variant.nextOfProduct = head;
      store<i32>(slot, at + 1);
      continue;
    }
    let before = variantAt(head);
    while (before.nextOfProduct != NONE) {
      if (variantAt(before.nextOfProduct).unitHundredths < variant.unitHundredths) break;
      before = variantAt(before.nextOfProduct);
    }
    variant.nextOfProduct = before.nextOfProduct;
    before.nextOfProduct = at;
  }
}

/** Keeps the lines that may serve a bundle: variants with a price, no gift cards, and subscriptions where they count. */
export function readCart(cart: Value): void {
  const lines = property(cart, keys.LINES);
  const count = min(arrayLength(lines), MAX_LINES);
  let doSubscriptionsCount: i32 = -1;
  for (let i: u32 = 0; i < count; i++) {
    const line = element(lines, i);
    const quantity = integerIn(property(line, keys.QUANTITY), 1, 1_000_000);
    if (quantity < 0) continue;
    if (isObject(property(line, keys.SELLING_PLAN_ALLOCATION))) {
      if (doSubscriptionsCount < 0) doSubscriptionsCount = i32(findSubscriptionSetting(lines, count));
      if (doSubscriptionsCount == 0) continue;
    }
    const merchandise = property(line, keys.MERCHANDISE);
    const key = parseGid(readString(property(merchandise, keys.ID)));
    const product = property(merchandise, keys.PRODUCT);
    if (key == 0 || isTrue(property(product, keys.IS_GIFT_CARD))) continue;
    const perUnit = property(property(line, keys.COST), keys.AMOUNT_PER_QUANTITY);
    const unitHundredths = parseHundredths(readString(property(perUnit, keys.AMOUNT)));
    if (unitHundredths <= 0) continue;
    addLine(property(line, keys.ID), quantity, key, unitHundredths, product);
  }
}

/** The setting is the shop's: every product with offers carries it as `s`, and one that does is enough. */
function findSubscriptionSetting(lines: Value, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const product = property(property(element(lines, i), keys.MERCHANDISE), keys.PRODUCT);
    const offers = property(property(product, keys.METAFIELD), keys.JSON_VALUE);
    if (integerIn(property(offers, keys.S), 1, 1) == 1) return true;
  }
  return false;
}

function addLine(id: Value, quantity: i32, key: u64, unitHundredths: i64, product: Value): void {
  const index = lineCount++;
  const line = lineAt(index);
  line.id = id;
  line.quantity = quantity;
  line.next = NONE;
  const slot = slotOf(key);
  const held = load<i32>(slot);
  if (held > 0) {
    const variant = variantAt(held - 1);
    lineAt(variant.lastLine).next = index;
    variant.lastLine = index;
    variant.units += quantity;
    if (unitHundredths < variant.unitHundredths) variant.unitHundredths = unitHundredths;
    return;
  }
  const at = variantCount++;
  store<i32>(slot, at + 1);
  const variant = variantAt(at);
  variant.key = key;
  variant.product = product;
  variant.unitHundredths = unitHundredths;
  variant.units = quantity;
  variant.firstLine = index;
  variant.lastLine = index;
  variant.parent = at;
  variant.firstCandidate = NONE;
  variant.productKey = parseGid(readString(property(product, keys.ID)));
  variant.nextOfProduct = NONE;
}

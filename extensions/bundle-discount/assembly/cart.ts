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
}

const LINES: usize = memory.data(8192); // 512 lines of 16 bytes
const VARIANTS: usize = memory.data(32768); // 512 variants of at most 64 bytes
const SLOTS: usize = memory.data(8192); // 2048 slots: variant + 1, 0 when free

let lineCount: u32 = 0;
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

/** Keeps the lines that may serve a bundle: variants with a price, but no subscriptions and no gift cards. */
export function readCart(cart: Value): void {
  const lines = property(cart, keys.LINES);
  const count = min(arrayLength(lines), MAX_LINES);
  for (let i: u32 = 0; i < count; i++) {
    const line = element(lines, i);
    const quantity = integerIn(property(line, keys.QUANTITY), 1, 1_000_000);
    if (quantity < 0 || isObject(property(line, keys.SELLING_PLAN_ALLOCATION))) continue;
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
}

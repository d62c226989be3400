import * as keys from "./keys";
import { parseDecimal, parseGid } from "./numbers";
import { noteWorth, placeAt, rankNoted } from "./sort";
import {
  Value,
  arrayLength,
  copyString,
  element,
  integerIn,
  isObject,
  isTrue,
  property,
  readString,
} from "./wasm-api";

/** Shopify limits a cart to 500 lines. */
const MAX_LINES: u32 = 512;
const HASH_BITS: u32 = 11;
const HASH_SIZE: u32 = 1 << HASH_BITS;
export const NONE: i32 = -1;
/** Shopify passes null for a longer metafield. */
const MAX_RULES_BYTES: u32 = 10_000;
/** Zero bytes after each text, so that 8-byte reads stay inside it. */
const PADDING: u32 = 16;

/** A line that an offer can use. */
@unmanaged
class CartLine {
  value: Value;
  key: u64;
  unitHundredths: i64;
  quantity: i32;
  product: i32;
  /** Next line of the same variant, or NONE. */
  next: i32;
  isSubscription: i32;
}

/** All lines of one variant. It serves at most one offer, because Shopify gives a line one product discount. */
@unmanaged
export class CartVariant {
  key: u64;
  /** Lowest unit price of its lines, so that a saving is never larger than promised. */
  unitHundredths: i64;
  /** Bit mask of the offers that need this variant, while one component is solved. */
  wantedBy: u64;
  units: i32;
  product: i32;
  firstLine: i32;
  lastLine: i32;
  /** Parent in the union-find forest of variants that share offers; a root is its own parent. */
  parent: i32;
  /** At a root: the first offer, largest saving first, or NONE. */
  firstOffer: i32;
  isTaken: i32;
}

/** A product of the cart, on any number of lines. */
@unmanaged
export class CartProduct {
  key: u64;
  rules: usize;
  rulesEnd: usize;
  /** Indices of its variants, highest price first, and their number. */
  variants: usize;
  variantCount: i32;
  isGiftCard: i32;
  /** First of the pools that it is in, and their number. */
  firstPool: i32;
  poolCount: i32;
  /** The last offer that visited it. */
  seenBy: i32;
}

const LINES: usize = memory.data(24576); // 512 lines of 48 bytes
const VARIANTS: usize = memory.data(32768); // 512 variants of 64 bytes
const PRODUCTS: usize = memory.data(32768); // 512 products of at most 64 bytes
const VARIANT_SLOTS: usize = memory.data(8192); // 2048 slots: variant + 1, 0 when free
const PRODUCT_SLOTS: usize = memory.data(8192); // 2048 slots: product + 1, 0 when free
const OF_PRODUCT: usize = memory.data(2048); // 512 variant indices, product by product
const TEXT_BYTES: u32 = 524288;
const TEXT: usize = memory.data(524288);

let lineCount: i32 = 0;
let textBytes: u32 = 0;
let areSubscriptionsCounted: bool = false;
export let areCodesRejected: bool = false;
export let variantCount: i32 = 0;
export let productCount: i32 = 0;

export function lineAt(index: i32): CartLine {
  return changetype<CartLine>(LINES + index * offsetof<CartLine>());
}

export function variantAt(index: i32): CartVariant {
  return changetype<CartVariant>(VARIANTS + index * offsetof<CartVariant>());
}

export function productAt(index: i32): CartProduct {
  return changetype<CartProduct>(PRODUCTS + index * offsetof<CartProduct>());
}

/** Finds the hash slot of a record by the key at its start. */
function slotOf(key: u64, slots: usize, things: usize, bytes: usize): usize {
  let slot = <u32>((key * 0x9e37_79b9_7f4a_7c15) >> (64 - HASH_BITS));
  while (true) {
    const pointer = slots + (slot << 2);
    const held = load<i32>(pointer);
    if (held == 0 || load<u64>(things + (held - 1) * bytes) == key) return pointer;
    slot = (slot + 1) & (HASH_SIZE - 1);
  }
}

function variantSlotOf(key: u64): usize {
  return slotOf(key, VARIANT_SLOTS, VARIANTS, offsetof<CartVariant>());
}

function productSlotOf(key: u64): usize {
  return slotOf(key, PRODUCT_SLOTS, PRODUCTS, offsetof<CartProduct>());
}

/** Index of the variant with this legacy id, or NONE if no usable line has it. */
export function findVariant(key: u64): i32 {
  return load<i32>(variantSlotOf(key)) - 1;
}

/** Index of the product with this legacy id, or NONE. */
export function findProduct(key: u64): i32 {
  return load<i32>(productSlotOf(key)) - 1;
}

/** Address of the variant's index, as a list of one for a part that names only this variant. */
export function placeOf(variant: i32): usize {
  return VARIANT_PLACES + (variant << 2);
}

const VARIANT_PLACES: usize = memory.data(2048); // 512 indices, each its own

/** Reads the lines that offers can use: priced, no gift cards, and subscriptions only if they count. */
export function readCart(cart: Value): void {
  const lines = property(cart, keys.LINES);
  const count = min(arrayLength(lines), MAX_LINES);
  for (let i: u32 = 0; i < count; i++) readLine(element(lines, i));
  for (let index = 0; index < lineCount; index++) {
    const line = lineAt(index);
    if (!line.isSubscription || areSubscriptionsCounted) addToVariant(line, index);
  }
  for (let at = 0; at < variantCount; at++) noteWorth(at, at, variantAt(at).unitHundredths);
  rankNoted(variantCount);
  listByProduct();
}

function readLine(value: Value): void {
  const quantity = integerIn(property(value, keys.QUANTITY), 1, 1_000_000);
  if (quantity < 0) return;
  const merchandise = property(value, keys.MERCHANDISE);
  const key = parseGid(readString(property(merchandise, keys.ID)));
  const product = readProduct(property(merchandise, keys.PRODUCT));
  if (key == 0 || productAt(product).isGiftCard) return;
  const perUnit = property(property(value, keys.COST), keys.AMOUNT_PER_QUANTITY);
  const unitHundredths = parseDecimal(readString(property(perUnit, keys.AMOUNT)), 2);
  if (unitHundredths <= 0) return;
  const line = lineAt(lineCount++);
  line.value = value;
  line.key = key;
  line.unitHundredths = unitHundredths;
  line.quantity = quantity;
  line.product = product;
  line.next = NONE;
  line.isSubscription = i32(isObject(property(value, keys.SELLING_PLAN_ALLOCATION)));
}

/** The product of a line; read only once. */
function readProduct(value: Value): i32 {
  const key = parseGid(readString(property(value, keys.ID)));
  const slot = productSlotOf(key);
  const held = load<i32>(slot) - 1;
  if (held != NONE) return held;
  const index = productCount++;
  store<i32>(slot, index + 1);
  const product = productAt(index);
  product.key = key;
  product.isGiftCard = i32(isTrue(property(value, keys.IS_GIFT_CARD)));
  const room = min(MAX_RULES_BYTES, TEXT_BYTES - PADDING - textBytes);
  const text = TEXT + textBytes;
  const length = copyString(property(property(value, keys.METAFIELD), keys.VALUE), text, room);
  product.rules = text;
  product.rulesEnd = text + length;
  textBytes += length > 0 ? length + PADDING : 0;
  readSettings(text, length);
  return index;
}

/** Reads the settings before the offers, "2sc" or less. They are the shop's and the same on every product. */
function readSettings(text: usize, length: u32): void {
  if (load<u8>(text) != 0x32) return;
  let at: u32 = 1;
  const counts = load<u8>(text + at) == 0x73;
  at += u32(counts);
  const rejects = load<u8>(text + at) == 0x63;
  at += u32(rejects);
  if (at != length && load<u8>(text + at) != 0x7e) return;
  if (counts) areSubscriptionsCounted = true;
  if (rejects) areCodesRejected = true;
}

function addToVariant(line: CartLine, index: i32): void {
  const slot = variantSlotOf(line.key);
  const held = load<i32>(slot) - 1;
  if (held != NONE) {
    const variant = variantAt(held);
    lineAt(variant.lastLine).next = index;
    variant.lastLine = index;
    variant.units += line.quantity;
    if (line.unitHundredths < variant.unitHundredths) variant.unitHundredths = line.unitHundredths;
    return;
  }
  const at = variantCount++;
  store<i32>(slot, at + 1);
  store<i32>(placeOf(at), at);
  const variant = variantAt(at);
  variant.key = line.key;
  variant.product = line.product;
  variant.unitHundredths = line.unitHundredths;
  variant.units = line.quantity;
  variant.firstLine = index;
  variant.lastLine = index;
  variant.parent = at;
  variant.firstOffer = NONE;
  productAt(line.product).variantCount++;
}

/** Lists the variants of each product, highest price first; equal prices keep the order of the cart. */
function listByProduct(): void {
  let place = OF_PRODUCT;
  for (let at = 0; at < productCount; at++) {
    const product = productAt(at);
    product.variants = place;
    place += product.variantCount << 2;
    product.variantCount = 0;
  }
  for (let rank = 0; rank < variantCount; rank++) {
    const index = placeAt(rank);
    const product = productAt(variantAt(index).product);
    store<i32>(product.variants + (product.variantCount++ << 2), index);
  }
}

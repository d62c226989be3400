import { CartVariant, NONE, areCodesRejected, lineAt, variantAt } from "./cart";
import { countFulfilled, rankedAt } from "./choose";
import * as keys from "./keys";
import { writeMessage, writeRejection } from "./message";
import { formatHundredths } from "./numbers";
import { Offer, drawnUnits, drawnVariant } from "./offer";
import * as api from "./wasm-api";

/** Shopify fails a run with a result over 20 kB, so the largest savings go first and the rest is dropped. */
const MAX_RESULT_BYTES: u32 = 19_000;
const MAX_CHOSEN: i32 = 100;
/** JSON bytes of a candidate with its amount, of a target, and of its quantity, without the variable texts. */
const CANDIDATE_BYTES: u32 = 90;
const TARGET_BYTES: u32 = 25;
const QUANTITY_BYTES: u32 = 20;

/** Shopify allows fewer codes in a checkout. Bytes reserved for the codes and their message. */
const MAX_CODES: u32 = 10;
const CODES_BYTES: u32 = 4_000;
const MAX_CODE_BYTES: u32 = 255;

const EMITTED: usize = memory.data(400); // ranks of the written candidates

/**
 * Writes the operations: one that adds every chosen candidate, if there is one, and one that rejects the rejectable
 * codes, if the shop wants that.
 */
export function writeResult(input: api.Value): void {
  const count = listEmitted();
  const codes = count > 0 && areCodesRejected ? api.property(input, keys.ENTERED_DISCOUNT_CODES) : 0;
  const rejected = countRejected(codes);
  api.outputObject(1);
  writeKey("operations");
  api.outputArray((count > 0 ? 1 : 0) + (rejected > 0 ? 1 : 0));
  if (count > 0) {
    api.outputObject(1);
    writeKey("productDiscountsAdd");
    api.outputObject(2);
    writeKey("selectionStrategy");
    writeKey("ALL");
    writeKey("candidates");
    api.outputArray(count);
    writeCandidates(count);
    api.outputArrayEnd();
    api.outputObjectEnd();
    api.outputObjectEnd();
  }
  if (rejected > 0) writeRejected(codes, rejected);
  api.outputArrayEnd();
  api.outputObjectEnd();
}

function isRejected(code: api.Value): bool {
  const length = api.stringLength(api.property(code, keys.CODE));
  return length - 1 < MAX_CODE_BYTES && api.isTrue(api.property(code, keys.REJECTABLE));
}

function countRejected(codes: api.Value): u32 {
  let count: u32 = 0;
  const entered = min(api.arrayLength(codes), MAX_CODES);
  for (let i: u32 = 0; i < entered; i++) count += u32(isRejected(api.element(codes, i)));
  return count;
}

function writeRejected(codes: api.Value, count: u32): void {
  api.outputObject(1);
  writeKey("enteredDiscountCodesReject");
  api.outputObject(2);
  writeKey("codes");
  api.outputArray(count);
  const entered = min(api.arrayLength(codes), MAX_CODES);
  for (let i: u32 = 0; i < entered; i++) {
    const code = api.element(codes, i);
    if (!isRejected(code)) continue;
    api.outputObject(1);
    api.outputInterned(keys.CODE);
    api.outputString(api.SCRATCH, api.readString(api.property(code, keys.CODE)));
    api.outputObjectEnd();
  }
  api.outputArrayEnd();
  writeKey("message");
  api.outputString(api.SCRATCH, writeRejection());
  api.outputObjectEnd();
  api.outputObjectEnd();
}

function writeKey(key: string): void {
  api.outputInterned(api.intern(key));
}

function listEmitted(): i32 {
  let count = 0;
  let written: u32 = areCodesRejected ? CODES_BYTES : 0;
  for (let rank = 0; rank < countFulfilled() && count < MAX_CHOSEN; rank++) {
    const offer = rankedAt(rank);
    if (!offer.isChosen) continue;
    const messageBytes = writeMessage(offer);
    if (messageBytes == 0) continue;
    let bytes = written + CANDIDATE_BYTES + jsonBytes(messageBytes);
    for (let d = 0; d < offer.discountedCount; d++)
      bytes += targetBytes(drawnVariant(offer.firstDraw + d), drawnUnits(offer.firstDraw + d));
    if (bytes > MAX_RESULT_BYTES) continue;
    written = bytes;
    store<i32>(EMITTED + (count++ << 2), rank);
  }
  return count;
}

/** Bytes of the text in SCRATCH after JSON escaping. */
function jsonBytes(length: u32): u32 {
  let bytes = length;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(api.SCRATCH + i);
    if (byte < 0x20) bytes += 5;
    else if (byte == 0x22 || byte == 0x5c) bytes += 1;
  }
  return bytes;
}

function targetBytes(variant: i32, drawn: i32): u32 {
  let bytes: u32 = 0;
  let units = drawn;
  for (let at = variantAt(variant).firstLine; units > 0; at = lineAt(at).next) {
    bytes += TARGET_BYTES + api.stringLength(api.property(lineAt(at).value, keys.ID));
    if (units < lineAt(at).quantity) bytes += QUANTITY_BYTES;
    units -= lineAt(at).quantity;
  }
  return bytes;
}

function writeCandidates(count: i32): void {
  const message = api.intern("message");
  const targets = api.intern("targets");
  const cartLine = api.intern("cartLine");
  const fixedAmount = api.intern("fixedAmount");
  for (let i = 0; i < count; i++) {
    const offer = rankedAt(load<i32>(EMITTED + (i << 2)));
    api.outputObject(3);
    api.outputInterned(message);
    api.outputString(api.SCRATCH, writeMessage(offer));
    api.outputInterned(targets);
    api.outputArray(countTargets(offer));
    for (let d = 0; d < offer.discountedCount; d++)
      writeTargets(variantAt(drawnVariant(offer.firstDraw + d)), drawnUnits(offer.firstDraw + d), cartLine);
    api.outputArrayEnd();
    api.outputInterned(keys.VALUE);
    api.outputObject(1);
    api.outputInterned(fixedAmount);
    api.outputObject(1);
    api.outputInterned(keys.AMOUNT);
    api.outputString(api.SCRATCH, formatHundredths(offer.hundredths));
    api.outputObjectEnd();
    api.outputObjectEnd();
    api.outputObjectEnd();
  }
}

function countTargets(offer: Offer): u32 {
  let count: u32 = 0;
  for (let d = 0; d < offer.discountedCount; d++) {
    let units = drawnUnits(offer.firstDraw + d);
    for (let at = variantAt(drawnVariant(offer.firstDraw + d)).firstLine; units > 0; at = lineAt(at).next) {
      units -= lineAt(at).quantity;
      count++;
    }
  }
  return count;
}

/** Takes the units from the variant's lines in cart order. A target without a quantity is the whole line. */
function writeTargets(variant: CartVariant, units: i32, cartLine: u32): void {
  let rest = units;
  for (let at = variant.firstLine; rest > 0 && at != NONE; at = lineAt(at).next) {
    const line = lineAt(at);
    const isWhole = rest >= line.quantity;
    api.outputObject(1);
    api.outputInterned(cartLine);
    api.outputObject(isWhole ? 1 : 2);
    api.outputInterned(keys.ID);
    api.outputString(api.SCRATCH, api.readString(api.property(line.value, keys.ID)));
    if (!isWhole) {
      api.outputInterned(keys.QUANTITY);
      api.outputInteger(rest);
    }
    api.outputObjectEnd();
    api.outputObjectEnd();
    rest -= line.quantity;
  }
}

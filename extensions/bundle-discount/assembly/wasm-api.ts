import {
  shopify_function_input_get_val_len as inputValueLength,
  shopify_function_input_read_utf8_str as inputReadString,
  shopify_function_input_get_interned_obj_prop as inputProperty,
  shopify_function_input_get_at_index as inputElement,
  shopify_function_intern_utf8_str as internString,
} from "./shopify_function_v2";

/**
 * Binding of Shopify's Function Wasm API, version 2. A value is 64 bits: a plain f64 is a number, anything else is a
 * NaN with a tag (bits 46 to 49), a length (32 to 45) and a handle (0 to 31).
 */
export type Value = u64;

export {
  shopify_function_input_get as inputGet,
  shopify_function_output_new_object as outputObject,
  shopify_function_output_finish_object as outputObjectEnd,
  shopify_function_output_new_array as outputArray,
  shopify_function_output_finish_array as outputArrayEnd,
  shopify_function_output_new_utf8_str as outputString,
  shopify_function_output_new_interned_utf8_str as outputInterned,
  shopify_function_output_new_i32 as outputInteger,
} from "./shopify_function_v2";

const NAN_BOX: u64 = 0x7ffc_0000_0000_0000;
const TAG_BOOLEAN: u32 = 1;
const TAG_STRING: u32 = 3;
const TAG_OBJECT: u32 = 4;
const TAG_ARRAY: u32 = 5;
/** Stands for a length that does not fit its 14 bits; the host knows the real length. */
const LENGTH_OVERFLOW: u32 = 0x3fff;
const NULL_VALUE: Value = NAN_BOX;

const SCRATCH_BYTES: u32 = 1024;
/** The last string that was read. */
export const SCRATCH: usize = memory.data(1040);

function tagOf(value: Value): u32 {
  return (value & NAN_BOX) != NAN_BOX ? 2 : (<u32>(value >> 46)) & 15;
}

function lengthOf(value: Value): u32 {
  const length = (<u32>(value >> 32)) & LENGTH_OVERFLOW;
  return length == LENGTH_OVERFLOW ? <u32>inputValueLength(value) : length;
}

/** A property of an object; null if `scope` is not an object or lacks the property. */
export function property(scope: Value, key: u32): Value {
  return tagOf(scope) == TAG_OBJECT ? inputProperty(scope, key) : NULL_VALUE;
}

/** Length of an array, 0 for anything else. */
export function arrayLength(value: Value): u32 {
  return tagOf(value) == TAG_ARRAY ? lengthOf(value) : 0;
}

/** The element at an index below `arrayLength`. */
export function element(scope: Value, index: u32): Value {
  return inputElement(scope, index);
}

/** Whether the value is an object, not null or missing. */
export function isObject(value: Value): bool {
  return tagOf(value) == TAG_OBJECT;
}

export function isTrue(value: Value): bool {
  return tagOf(value) == TAG_BOOLEAN && <u32>value != 0;
}

/** The value if it is an integer in [low, high], otherwise -1. */
export function integerIn(value: Value, low: i32, high: i32): i32 {
  if (tagOf(value) != 2) return -1;
  const number = reinterpret<f64>(value);
  // NaN fails this check, because it compares false with everything.
  if (!(number >= <f64>low && number <= <f64>high)) return -1;
  const whole = <i32>number;
  return <f64>whole == number ? whole : -1;
}

/** Bytes of a string, or 0 for anything else. */
export function stringLength(value: Value): u32 {
  return tagOf(value) == TAG_STRING ? lengthOf(value) : 0;
}

/** Copies a string of at most `room` bytes to an address and returns its length in bytes; 0 for a longer one. */
export function copyString(value: Value, place: usize, room: u32): u32 {
  const length = stringLength(value);
  if (length == 0 || length > room) return 0;
  inputReadString(<usize>(<u32>value), place, length);
  return length;
}

/** Copies a string of at most 1,024 bytes to SCRATCH and returns its length in bytes; 0 for a longer one. */
export function readString(value: Value): u32 {
  return copyString(value, SCRATCH, SCRATCH_BYTES);
}

/** Interns an ASCII key with the host, which then looks it up without comparing text. */
export function intern(key: string): u32 {
  return internString(SCRATCH, writeAscii(key));
}

/** Copies ASCII text to SCRATCH and returns its length in bytes. */
function writeAscii(text: string): u32 {
  const source = changetype<usize>(text);
  for (let i = 0; i < text.length; i++) store<u8>(SCRATCH + i, load<u8>(source + (i << 1)));
  return text.length;
}

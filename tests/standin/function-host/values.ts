/** A JSON value, as Functions read and write them. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const NAN_BOX = 0x7ffc_0000_0000_0000n;
const MAX_LENGTH = 0x3fff;
const TAG = { null: 0n, boolean: 1n, string: 3n, object: 4n, array: 5n, error: 15n } as const;

/** Codes that a failed read carries. */
export const READ_ERROR = { notAnObject: 1, notAnArray: 4, indexOutOfBounds: 5 } as const;

const bits = new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();

/**
 * Hands the input to a module as Shopify's API does: numbers as f64, everything else as a NaN with a tag, a length of
 * at most 14 bits and a handle, which here is the index of the value in a table.
 */
export class InputValues {
  readonly #held: (Json | Uint8Array)[] = [];
  readonly #handles = new Map<object, number>();

  /** The 64 bits of a value, as a signed integer, which is how WebAssembly's i64 reaches JavaScript. */
  encode(value: Json | undefined): bigint {
    if (value === undefined || value === null) return box(TAG.null, 0, 0);
    if (typeof value === "number") {
      bits.setFloat64(0, value);
      return bits.getBigInt64(0);
    }
    if (typeof value === "boolean") return box(TAG.boolean, 0, value ? 1 : 0);
    if (typeof value === "string") {
      const bytes = encoder.encode(value);
      return box(TAG.string, bytes.length, this.#held.push(bytes) - 1);
    }
    let handle = this.#handles.get(value);
    if (handle === undefined) {
      handle = this.#held.push(value) - 1;
      this.#handles.set(value, handle);
    }
    return Array.isArray(value)
      ? box(TAG.array, value.length, handle)
      : box(TAG.object, Object.keys(value).length, handle);
  }

  /** A failed read. */
  error(code: number): bigint {
    return box(TAG.error, 0, code);
  }

  /** The object or array behind 64 bits, if they are one. */
  container(value: bigint): Json[] | { [key: string]: Json } | undefined {
    const tag = tagOf(value);
    if (tag !== TAG.object && tag !== TAG.array) return undefined;
    const held = this.#held[Number(value & 0xffff_ffffn)];
    return typeof held === "object" && held !== null && !(held instanceof Uint8Array) ? held : undefined;
  }

  /** UTF-8 bytes of the string with a handle. */
  stringBytes(handle: number): Uint8Array {
    const held = this.#held[handle >>> 0];
    if (!(held instanceof Uint8Array)) throw new RangeError(`handle ${handle} is no string`);
    return held;
  }

  /** Length of a string in bytes, of an array in elements; 0 for anything else. */
  lengthOf(value: bigint): number {
    if (tagOf(value) === TAG.string) return this.stringBytes(Number(value & 0xffff_ffffn)).length;
    const container = this.container(value);
    if (container === undefined) return 0;
    return Array.isArray(container) ? container.length : Object.keys(container).length;
  }
}

function box(tag: bigint, length: number, payload: number): bigint {
  const trimmed = BigInt(Math.min(length, MAX_LENGTH));
  return BigInt.asIntN(64, NAN_BOX | (tag << 46n) | (trimmed << 32n) | BigInt(payload >>> 0));
}

function tagOf(value: bigint): bigint | undefined {
  const unsigned = BigInt.asUintN(64, value);
  return (unsigned & NAN_BOX) === NAN_BOX ? (unsigned >> 46n) & 15n : undefined;
}

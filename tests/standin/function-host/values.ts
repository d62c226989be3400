import type { ProviderWork } from "./provider-work.ts";

/** A JSON value, as Functions read and write them. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const NAN_BOX = 0x7ffc_0000_0000_0000n;
const MAX_LENGTH = 0x3fff;
const TAG = { null: 0n, boolean: 1n, string: 3n, object: 4n, array: 5n, error: 15n } as const;

/** Error codes of a failed read. */
const READ_ERROR = { notAnObject: 1, indexOutOfBounds: 5, notIndexable: 6 } as const;

const bits = new DataView(new ArrayBuffer(8));
const encoder = new TextEncoder();

/** A value of the input, with the members that have been read so far. */
class LazyValue {
  readonly value: Json;
  /** All members in order, with keys if the value is an object. */
  readonly entries: readonly (readonly [key: string | null, value: Json])[] | null;
  readonly read: { readonly key: string | null; readonly value: LazyValue }[] = [];
  /** Index in the table of returned values, once it was returned. */
  handle: number | undefined;

  constructor(value: Json) {
    this.value = value;
    if (Array.isArray(value)) this.entries = value.map((element) => [null, element] as const);
    else this.entries = typeof value === "object" && value !== null ? Object.entries(value) : null;
  }
}

/**
 * Passes the input to a module as Shopify's API does: numbers as f64, everything else as a NaN with a tag, a length
 * of at most 14 bits and a handle, which here is the index of the value in a table.
 */
export class InputValues {
  readonly #input: Json;
  readonly #work: ProviderWork;
  readonly #held: LazyValue[] = [];

  constructor(input: Json, work: ProviderWork) {
    this.#input = input;
    this.#work = work;
  }

  /** The input as unread, however often it is requested. */
  root(): bigint {
    this.#work.openRoot();
    return this.#encode(this.#make(this.#input));
  }

  property(scope: bigint, key: string): bigint {
    this.#work.beginLookup();
    const container = this.#container(scope);
    if (!container || Array.isArray(container.value)) return error(READ_ERROR.notAnObject);
    for (const member of container.read) {
      this.#work.passKey();
      if (this.#isKey(member.key, key)) return this.#encode(member.value);
    }
    for (let next = this.#readNext(container); next !== null; next = this.#readNext(container))
      if (this.#isKey(next.key, key)) return this.#encode(next.value);
    return box(TAG.null, 0, 0);
  }

  element(scope: bigint, index: number): bigint {
    this.#work.beginIndex();
    const container = this.#container(scope);
    if (!container) return error(READ_ERROR.notIndexable);
    while (container.read.length <= index) if (!this.#readNext(container)) break;
    const member = container.read[index];
    return member ? this.#encode(member.value) : error(READ_ERROR.indexOutOfBounds);
  }

  /** UTF-8 bytes of the string with a handle. */
  stringBytes(handle: number): Uint8Array {
    const held = this.#held[handle >>> 0]?.value;
    if (typeof held !== "string") throw new RangeError(`handle ${handle} is no string`);
    return encoder.encode(held);
  }

  /** Length of a string in bytes, of an array or an object in members; 0 for anything else. */
  lengthOf(value: bigint): number {
    if (tagOf(value) === TAG.string) return this.stringBytes(handleOf(value)).length;
    return this.#container(value)?.entries?.length ?? 0;
  }

  #make(value: Json): LazyValue {
    const lazy = new LazyValue(value);
    this.#work.makeValue(lazy.entries?.length ?? null);
    return lazy;
  }

  /** Reads one more member, after everything inside the last one. */
  #readNext(container: LazyValue): LazyValue["read"][number] | null {
    const entry = container.entries?.[container.read.length];
    if (!entry) return null;
    const last = container.read.at(-1);
    if (last) this.#finish(last.value);
    const [key, value] = entry;
    if (key !== null) this.#work.makeValue(null);
    const member = { key, value: this.#make(value) };
    container.read.push(member);
    return member;
  }

  #finish(value: LazyValue): void {
    this.#work.visit();
    if (value.entries === null) return;
    while (this.#readNext(value) !== null);
    const last = value.read.at(-1);
    if (last) this.#finish(last.value);
  }

  #isKey(key: string | null, name: string): boolean {
    if (key === null || key.length !== name.length) return false;
    let alike = 0;
    while (alike < key.length && key[alike] === name[alike]) alike += 1;
    this.#work.compare(Math.min(alike + 1, key.length));
    return alike === key.length;
  }

  #container(value: bigint): LazyValue | undefined {
    const tag = tagOf(value);
    return tag === TAG.object || tag === TAG.array ? this.#held[handleOf(value)] : undefined;
  }

  /** The 64 bits of a value as a signed integer, which is how WebAssembly's i64 reaches JavaScript. */
  #encode(lazy: LazyValue): bigint {
    const { value } = lazy;
    if (value === null) return box(TAG.null, 0, 0);
    if (typeof value === "number") {
      bits.setFloat64(0, value);
      return bits.getBigInt64(0);
    }
    if (typeof value === "boolean") return box(TAG.boolean, 0, value ? 1 : 0);
    lazy.handle ??= this.#held.push(lazy) - 1;
    if (typeof value === "string") return box(TAG.string, encoder.encode(value).length, lazy.handle);
    return box(Array.isArray(value) ? TAG.array : TAG.object, lazy.entries?.length ?? 0, lazy.handle);
  }
}

/** A failed read. */
function error(code: number): bigint {
  return box(TAG.error, 0, code);
}

function handleOf(value: bigint): number {
  return Number(value & 0xffff_ffffn);
}

function box(tag: bigint, length: number, payload: number): bigint {
  const trimmed = BigInt(Math.min(length, MAX_LENGTH));
  return BigInt.asIntN(64, NAN_BOX | (tag << 46n) | (trimmed << 32n) | BigInt(payload >>> 0));
}

function tagOf(value: bigint): bigint | undefined {
  const unsigned = BigInt.asUintN(64, value);
  return (unsigned & NAN_BOX) === NAN_BOX ? (unsigned >> 46n) & 15n : undefined;
}

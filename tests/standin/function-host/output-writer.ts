import type { Json } from "./values.ts";

/** Status of a write; anything but `ok` means that the module broke the protocol. */
const WRITE = {
  ok: 0,
  expectedKey: 2,
  objectLength: 3,
  alreadyWritten: 4,
  notAnObject: 5,
  arrayLength: 7,
  notAnArray: 8,
} as const;

interface OpenContainer {
  value: Json[] | { [key: string]: Json };
  /** Announced number of elements of an array or properties of an object. */
  expected: number;
  /** In an object, the key that waits for its value. */
  key: string | null;
  written: number;
}

/**
 * Collects the result that a module writes piece by piece, and enforces the protocol: announced lengths match,
 * objects alternate keys and values, there is one root.
 */
export class OutputWriter {
  readonly #open: OpenContainer[] = [];
  #root: Json | undefined;
  /** The first broken rule, which Shopify would report as a failed run. */
  failure: string | undefined;

  /** The finished result. @throws Error if the module broke the protocol or left something open */
  result(): Json {
    if (this.failure !== undefined) throw new Error(`the Function wrote a malformed result: ${this.failure}`);
    if (this.#open.length > 0) throw new Error("the Function left its result unfinished");
    if (this.#root === undefined) throw new Error("the Function wrote no result");
    return this.#root;
  }

  /** Writes a string, number, boolean or null; in an object a string may be the next key. */
  write(value: string | number | boolean | null): number {
    const top = this.#open.at(-1);
    if (top !== undefined && !Array.isArray(top.value) && top.key === null) {
      if (typeof value !== "string") return this.#fail(WRITE.expectedKey, "a value where a key belongs");
      top.key = value;
      return WRITE.ok;
    }
    return this.#place(value);
  }

  begin(kind: "object" | "array", expected: number): number {
    const top = this.#open.at(-1);
    if (top !== undefined && !Array.isArray(top.value) && top.key === null) {
      return this.#fail(WRITE.expectedKey, `an ${kind} where a key belongs`);
    }
    const value: Json[] | { [key: string]: Json } = kind === "array" ? [] : {};
    const status = this.#place(value);
    if (status === WRITE.ok) this.#open.push({ value, expected, key: null, written: 0 });
    return status;
  }

  end(kind: "object" | "array"): number {
    const top = this.#open.pop();
    if (top === undefined || Array.isArray(top.value) !== (kind === "array")) {
      return this.#fail(kind === "array" ? WRITE.notAnArray : WRITE.notAnObject, `no ${kind} is open`);
    }
    if (top.written === top.expected && top.key === null) return WRITE.ok;
    const message = `an ${kind} of ${top.expected} got ${top.written}`;
    return this.#fail(kind === "array" ? WRITE.arrayLength : WRITE.objectLength, message);
  }

  #place(value: Json): number {
    const top = this.#open.at(-1);
    if (top === undefined) {
      if (this.#root !== undefined) return this.#fail(WRITE.alreadyWritten, "a second root value");
      this.#root = value;
      return WRITE.ok;
    }
    if (Array.isArray(top.value)) top.value.push(value);
    else top.value[top.key!] = value;
    top.key = null;
    top.written += 1;
    return WRITE.ok;
  }

  #fail(status: number, message: string): number {
    this.failure ??= message;
    return status;
  }
}

import type { NetworkWeights } from "./network-weights.ts";

/** How a stored weight is written; in 8 bits each row of a layer has a scale of its own. */
export const PRECISIONS = ["float32", "float16", "int8"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** What is used; the training benchmark fails when it costs 0.001 of ndcg10 or more. */
export const STORED_PRECISION: Precision = "int8";

const INT8_MAX = 127;

interface Header {
  readonly precision: Precision;
  /** Widths of the layers of each network. */
  readonly networks: readonly (readonly number[])[];
}

/**
 * Networks as bytes: a JSON header after its length (32 bits, little endian), then for each network the scaling of
 * its features and its biases as 32-bit floats, and its weights as told. In 8 bits a row of W, which is what one
 * input weighs in all outputs, is its largest absolute value over 127 (32 bits) and one whole number, -127 to 127, a
 * weight: the error is at most half of that scale.
 *
 * @param networks the members of an ensemble, or one
 */
export function encodeNetworks(
  networks: readonly NetworkWeights[],
  precision: Precision = STORED_PRECISION,
): Uint8Array {
  const header: Header = { precision, networks: networks.map(({ layers }) => layers) };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const sizes = networks.map(({ layers }) => countBytes(layers, precision));
  const writer = openWriter(sizes.reduce((sum, size) => sum + size, 4 + text.length));
  writer.uint32(text.length);
  writer.bytes(text);
  for (const { layers, mean, inverseDeviation, parameters } of networks) {
    for (const value of [...mean, ...inverseDeviation]) writer.float32(value);
    parameters.forEach((values, at) => {
      if (at % 2 === 0) writeMatrix(writer, values, layers[at / 2 + 1]!, precision);
      else for (const value of values) writer.float32(value);
    });
  }
  return writer.finish();
}

/**
 * The networks of `encodeNetworks`; their weights are off by what the precision loses, and never more: encoding
 * them again gives the same weights.
 *
 * @throws RangeError when the bytes are cut off or of another form
 */
export function decodeNetworks(bytes: Uint8Array): NetworkWeights[] {
  const reader = openReader(bytes);
  const { precision, networks } = readHeader(reader.text(reader.uint32()));
  return networks.map((layers) => {
    const [mean, inverseDeviation] = [reader.floats(layers[0]!), reader.floats(layers[0]!)];
    const parameters = layers.slice(1).flatMap((to, layer) => {
      const w = readMatrix(reader, layers[layer]!, to, precision);
      return [w, reader.floats(to)];
    });
    return { layers, mean, inverseDeviation, parameters };
  });
}

/**
 * The network as it will be read back from storage, so that what is measured and used is what is kept.
 *
 * @returns the same shape; weights rounded to the stored precision
 */
export function roundToStored(network: NetworkWeights): NetworkWeights {
  return decodeNetworks(encodeNetworks([network]))[0]!;
}

function countBytes(layers: readonly number[], precision: Precision): number {
  const ofRow = (width: number) => ({ float32: 4 * width, float16: 2 * width, int8: 4 + width })[precision];
  return layers.slice(1).reduce((sum, to, at) => sum + layers[at]! * ofRow(to) + 4 * to, 8 * layers[0]!);
}

function writeMatrix(
  writer: ReturnType<typeof openWriter>,
  w: Float32Array,
  width: number,
  precision: Precision,
): void {
  if (precision === "float32") for (const value of w) writer.float32(value);
  if (precision === "float16") for (const value of w) writer.uint16(toHalfBits(value));
  if (precision !== "int8") return;
  for (let from = 0; from < w.length; from += width) {
    const row = w.subarray(from, from + width);
    const scale = toShortScale(row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / INT8_MAX);
    writer.float32(scale);
    for (const value of row) {
      const whole = scale === 0 ? 0 : Math.round(value / scale);
      writer.int8(Math.max(-INT8_MAX, Math.min(INT8_MAX, whole)));
    }
  }
}

const scaleFloat = new Float32Array(1);
const scaleBits = new Uint32Array(scaleFloat.buffer);

/**
 * The next larger number with 17 significant bits, so that its products with whole numbers up to 127 are exact in
 * 32 bits and rounding twice is rounding once. What no 32 bits hold that well becomes 0.
 */
function toShortScale(scale: number): number {
  if (scale < 2 ** -100) return 0;
  scaleFloat[0] = scale;
  scaleBits[0] = (scaleBits[0]! + 0x7f) & ~0x7f;
  return scaleFloat[0];
}

function readMatrix(
  reader: ReturnType<typeof openReader>,
  rows: number,
  width: number,
  precision: Precision,
): Float32Array {
  if (precision === "float32") return reader.floats(rows * width);
  const w = new Float32Array(rows * width);
  let scale = 0;
  for (let at = 0; at < w.length; at++) {
    if (precision === "float16") {
      w[at] = fromHalfBits(reader.uint16());
    } else {
      if (at % width === 0) scale = reader.float32();
      w[at] = reader.int8() * scale;
    }
  }
  return w;
}

function readHeader(text: string): Header {
  const header = JSON.parse(text) as Partial<Header>;
  if (!PRECISIONS.includes(header.precision!) || !Array.isArray(header.networks)) {
    throw new RangeError("these bytes are no stored networks");
  }
  return header as Header;
}

function openWriter(size: number) {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const pass = (length: number) => (at += length) - length;
  return {
    uint32: (value: number) => view.setUint32(pass(4), value, true),
    float32: (value: number) => view.setFloat32(pass(4), value, true),
    uint16: (value: number) => view.setUint16(pass(2), value, true),
    int8: (value: number) => view.setInt8(pass(1), value),
    bytes: (values: Uint8Array) => bytes.set(values, pass(values.length)),
    finish: () => bytes,
  };
}

function openReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const pass = (size: number) => (at += size) - size;
  return {
    uint32: () => view.getUint32(pass(4), true),
    float32: () => view.getFloat32(pass(4), true),
    uint16: () => view.getUint16(pass(2), true),
    int8: () => view.getInt8(pass(1)),
    text: (length: number) => new TextDecoder().decode(bytes.subarray(pass(length), at)),
    floats: (length: number) => Float32Array.from({ length }, () => view.getFloat32(pass(4), true)),
  };
}

const asFloat = new Float32Array(1);
const asBits = new Uint32Array(asFloat.buffer);

/** Largest number that 16 bits hold. */
const HALF_MAX = 65_504;
const SMALLEST_NORMAL = 2 ** -14;
const SMALLEST_SUBNORMAL = 2 ** -24;

/**
 * A number as a 16-bit float: 1 bit of sign, 5 of exponent, 10 of fraction; to the nearest, ties to even.
 *
 * @param value finite; what is beyond ±65,504 becomes that
 * @returns the 16 bits; of the two zeros the one without a sign
 * @see IEEE 754-2008, binary16
 */
export function toHalfBits(value: number): number {
  const size = Math.min(HALF_MAX, Math.abs(value));
  const sign = value < 0 ? 0x8000 : 0;
  if (size < SMALLEST_NORMAL) {
    const fraction = roundToEven(size / SMALLEST_SUBNORMAL);
    return fraction === 0 ? 0 : sign | fraction;
  }
  asFloat[0] = size;
  const bits = asBits[0]!;
  // From 23 bits of fraction to 10; a fraction that rounds up to 1 carries into the exponent, as it should.
  const rest = bits & 0x1fff;
  const kept = bits >>> 13;
  const isUp = rest > 0x1000 || (rest === 0x1000 && (kept & 1) === 1);
  return sign | (kept + (isUp ? 1 : 0) - ((127 - 15) << 10));
}

/** The number that 16 bits of `toHalfBits` stand for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * SMALLEST_SUBNORMAL;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1_024);
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

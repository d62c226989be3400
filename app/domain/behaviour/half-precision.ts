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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fromHalfBits,
  toHalfBits,
  decodeNetworks,
  encodeNetworks,
  PRECISIONS,
} from "#app/domain/behaviour/networks/stored-networks.ts";
import type { NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

const anyNetwork = fc
  .record({
    hidden: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
    inputs: fc.integer({ min: 1, max: 9 }),
    size: fc.constantFrom(1e-6, 0.3, 40),
    seed: fc.nat(),
  })
  .map(({ hidden, inputs, size, seed }): NetworkWeights => {
    const random = seededRandom(seed);
    const draw = (length: number) => Float32Array.from({ length }, () => size * (2 * random() - 1));
    const layers = [inputs, ...hidden, 1];
    const parameters = layers.slice(1).flatMap((to, at) => [draw(layers[at]! * to), draw(to)]);
    return { layers, mean: draw(inputs), inverseDeviation: draw(inputs), parameters };
  });

describe("stored networks", () => {
  it("are refused when they are cut off or something else", () => {
    const network = { layers: [1, 1], mean: Float32Array.of(1), inverseDeviation: Float32Array.of(1) };
    const bytes = encodeNetworks([{ ...network, parameters: [Float32Array.of(2), Float32Array.of(3)] }]);
    expect(() => decodeNetworks(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
    const other = new TextEncoder().encode("....{}");
    new DataView(other.buffer).setUint32(0, 2, true);
    expect(() => decodeNetworks(other)).toThrow("no stored networks");
  });

  it("in 32 bits come back as they were, several at once too", () => {
    fc.assert(
      fc.property(fc.array(anyNetwork, { maxLength: 3 }), (networks) => {
        expect(decodeNetworks(encodeNetworks(networks, "float32"))).toEqual(networks);
      }),
    );
  });

  it.each([
    ["float16", 2 ** -11, 2 ** -25],
    ["int8", 0, 0.501 / 127],
  ] as const)("in %s are off by no more than rounding allows", (precision, ofItself, ofLargest) => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const [read] = decodeNetworks(encodeNetworks([network], precision));
        network.parameters.forEach((values, at) => {
          const width = at % 2 === 0 ? network.layers[at / 2 + 1]! : values.length;
          values.forEach((value, index) => {
            const row = values.subarray(index - (index % width), index - (index % width) + width);
            // A half below 2^-14 has the spacing of that size; a row of 8 bits that of its largest.
            const largest = precision === "int8" ? Math.max(...row.map(Math.abs)) : 1;
            const error = Math.abs(read!.parameters[at]![index]! - value);
            expect(error).toBeLessThanOrEqual(ofItself * Math.abs(value) + ofLargest * largest);
          });
        });
      }),
    );
  });

  it("lose nothing more when they are stored again", () => {
    fc.assert(
      fc.property(anyNetwork, fc.constantFrom(...PRECISIONS), (network, precision) => {
        const once = encodeNetworks([network], precision);
        expect(encodeNetworks(decodeNetworks(once), precision)).toEqual(once);
      }),
    );
  });
});

describe("a 16-bit float", () => {
  it("comes back to its own bits, whichever they are", () => {
    const changed = [...Array(0x10000).keys()].filter((bits) => {
      const isNumber = (bits & 0x7c00) !== 0x7c00;
      // Zero has two signs and one is kept.
      return isNumber && bits !== 0x8000 && toHalfBits(fromHalfBits(bits)) !== bits;
    });
    expect(changed).toEqual([]);
  });

  it.each([
    ["half way between two rounds to the even one below", 1 + 2 ** -11, 1],
    ["half way between two rounds to the even one above", 1 + 3 * 2 ** -11, 1 + 2 ** -9],
    ["just under a power of two carries into it", 1.9999, 2],
    ["a tenth is its nearest neighbour", 0.1, 0.0999755859375],
    ["below half of the smallest is 0", 2 ** -25, 0],
    ["beyond the largest is the largest", -1e6, -65_504],
  ])("%s", (_, value, expected) => {
    expect(fromHalfBits(toHalfBits(value))).toBeCloseTo(expected, 12);
  });
});

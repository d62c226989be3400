import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openNetwork } from "#app/domain/behaviour/networks/network-weights.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

describe("openNetwork", () => {
  it("computes the same scores as the formula for any layer widths", () => {
    const widths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        widths,
        fc.integer({ min: 0, max: 5 }),
        fc.nat(9),
        fc.nat(),
        (hidden, rows, shared, seed) => {
          const random = seededRandom(seed);
          const draw = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);
          const layers = [...hidden, 1];
          const parameters = layers.slice(1).flatMap((to, layer) => [draw(layers[layer]! * to), draw(to)]);
          const [mean, inverseDeviation] = [draw(layers[0]!), draw(layers[0]!)];
          const x = draw(rows * layers[0]!);
          // The shared features, those of the basket, are the same in all rows.
          for (let at = 0; at < x.length; at++) if (at % layers[0]! < shared) x[at] = x[at % layers[0]!]!;
          const stated = openNetwork({ layers, mean, inverseDeviation, parameters })(x);
          expect(stated).toHaveLength(rows);
          stated.forEach((score, row) => {
            let values = Array.from(mean, (m, i) => (x[row * layers[0]! + i]! - m) * inverseDeviation[i]!);
            for (let layer = 1; layer < layers.length; layer++) {
              const [w, b] = [parameters[2 * layer - 2]!, parameters[2 * layer - 1]!];
              values = Array.from(b, (bias, to) =>
                values.reduce((sum, value, from) => sum + value * w[from * b.length + to]!, bias),
              ).map((sum) => (layer < layers.length - 1 ? Math.max(0, sum) : sum));
            }
            expect(score).toBeCloseTo(values[0]!, 4);
          });
        },
      ),
    );
  });
});

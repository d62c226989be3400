import { tensor, tidy, type Tensor, type Tensor1D } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import {
  ATTENTION_PARAMETERS,
  type AttentionParameter,
  type AttentionWeights,
} from "#app/domain/behaviour/networks/attention-weights.ts";
import { normalDraw, seededRandom, type Random } from "#app/domain/numbers/random.ts";

export const [ROWS, WIDTH, HIDDEN] = [6, 4, 5];
const STEP = 2e-3;

export type Parameters = Record<AttentionParameter, Float32Array>;
type Tensors = Record<AttentionParameter, Tensor>;

/** How a Transformer reads batches of type B. */
interface Reading<B> {
  losses(weights: Tensors, batch: B): Tensor1D;
  gradients(weights: Tensors, batch: B, keep: null): Tensors;
}

/** A Transformer of six items, small enough to be compared with differences of its loss. @param places rows of `place` */
export function openSmallAttention<B>(places: number, { losses, gradients }: Reading<B>) {
  const shapes: Record<AttentionParameter, number[]> = {
    item: [ROWS, WIDTH],
    place: [places, WIDTH],
    query: [WIDTH, WIDTH],
    key: [WIDTH, WIDTH],
    value: [WIDTH, WIDTH],
    w1: [WIDTH, HIDDEN],
    b1: [HIDDEN],
    w2: [HIDDEN, WIDTH],
    b2: [WIDTH],
  };
  const each = <T>(make: (name: AttentionParameter) => T) =>
    Object.fromEntries(ATTENTION_PARAMETERS.map((name) => [name, make(name)])) as Record<
      AttentionParameter,
      T
    >;
  const toTensors = (parameters: Parameters): Tensors =>
    each((name) => tensor(parameters[name], shapes[name]));
  const meanLoss = (parameters: Parameters, batch: B): number =>
    tidy(() => {
      const own = [...losses(toTensors(parameters), batch).dataSync()];
      return own.reduce((sum, loss) => sum + loss, 0) / own.length;
    });
  return {
    meanLoss,
    /** Normal draws scaled like trained weights. */
    drawParameters(seed: number): Parameters {
      const random = seededRandom(seed);
      return each((name) =>
        Float32Array.from(
          { length: shapes[name].reduce((a, b) => a * b, 1) },
          () => 0.5 * normalDraw(random),
        ),
      );
    },
    toWeights(parameters: Parameters, length: number): AttentionWeights {
      const items = Int32Array.from({ length: ROWS }, (_, row) => row);
      return { items, rowOf: items, width: WIDTH, hidden: HIDDEN, length, parameters };
    },
    /** The gradient along a random direction is the difference of the loss along it, for every parameter. */
    expectGradient(parameters: Parameters, batch: B, random: Random): void {
      const stated = tidy(() => {
        const tensors = gradients(toTensors(parameters), batch, null);
        return each((name) => tensors[name].dataSync());
      });
      for (const name of ATTENTION_PARAMETERS) {
        const direction = parameters[name].map(() => normalDraw(random));
        const along = (sign: number) =>
          parameters[name].map((value, at) => value + sign * STEP * direction[at]!);
        const [ahead, behind] = [1, -1].map((sign) =>
          meanLoss({ ...parameters, [name]: along(sign) }, batch),
        );
        const difference = (ahead! - behind!) / (2 * STEP);
        const expected = direction.reduce((sum, value, at) => sum + value * stated[name][at]!, 0);
        expect(Math.abs(difference - expected), name).toBeLessThan(0.01 + 0.02 * Math.abs(expected));
      }
    },
  };
}

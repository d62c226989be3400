import { beforeAll, describe, expect, it } from "vitest";
import { memory } from "@tensorflow/tfjs-core";
import { countCategoryPairs, describeCategoryPair } from "#app/domain/behaviour/methods/pair-scores.ts";
import { addTextBridge } from "#app/domain/behaviour/methods/text-bridge.ts";
import { countBaskets, joinBaskets, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { fitTextBridge } from "#app/learning/ease/fit-ease.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

beforeAll(async () => {
  await chooseBackend("wasm");
});

/** Cameras sell with lenses and cups with saucers. The new product of each kind was only bought alone. */
function shopOfTwoPairs() {
  const lines = [];
  for (let order = 0; order < 36; order++) {
    const pair = order % 2 === 0 ? ["camera", "lens"] : ["cup", "saucer"];
    pair.forEach((kind, at) => {
      const number = (order * (at + 3)) % 9;
      lines.push(orderLine({ orderId: `o${order}`, itemKey: `${kind}-${number}`, title: `${kind} model` }));
    });
  }
  for (const kind of ["camera", "lens", "cup", "saucer"]) {
    lines.push(orderLine({ orderId: `single ${kind}`, itemKey: `${kind}-new`, title: `${kind} model` }));
  }
  return prepareBaskets(lines, [], { currency: "USD" }).baskets;
}

describe("the text bridge for products that were never bought with another", () => {
  it("scores a new lens higher for a camera than a new saucer, and leaves no tensor behind", async () => {
    const baskets = shopOfTwoPairs();
    const itemOf = (key: string) => baskets.items.findIndex((item) => item.key === key);
    const bridge = await fitTextBridge(baskets, new Float32Array(countBaskets(baskets)).fill(1));
    const scores = new Float32Array(baskets.items.length);
    addTextBridge(bridge, [itemOf("camera-new")], scores);
    expect(scores[itemOf("lens-new")]).toBeGreaterThan(scores[itemOf("saucer-new")]! + 0.01);
    expect(memory().numTensors).toBe(0);
  });

  it("describes all category pairs alike without categories", () => {
    const baskets = shopOfTwoPairs();
    const pairs = countCategoryPairs(baskets, new Float32Array(countBaskets(baskets)).fill(1));
    const stated = baskets.items.map((_, item) => describeCategoryPair(pairs, [0], item));
    expect(new Set(stated.map((each) => JSON.stringify(each))).size).toBe(1);
  });
});

describe("joining baskets", () => {
  it("restores the baskets that were sliced", () => {
    const baskets = shopOfTwoPairs();
    const parts = [sliceBaskets(baskets, 0, 7), sliceBaskets(baskets, 7, countBaskets(baskets))] as const;
    expect(joinBaskets(...parts)).toEqual(baskets);
  });
});

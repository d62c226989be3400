import { parentPort, workerData } from "node:worker_threads";
import type { NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { BackendName } from "#app/process/env.server.ts";
import { fitSources, type FittedSources } from "#app/learning/completion/fit-feature-sources.ts";
import {
  gatherOtherWindow,
  type OtherWindowWork,
  type WindowExamples,
} from "#app/learning/completion/other-windows.ts";
import type { PurchaseExamples } from "#app/learning/networks/gather-examples.ts";
import { trainPurchaseNetwork, type NetworkSettings } from "#app/learning/networks/purchase-network.ts";
import { chooseBackend } from "./backend.ts";

export type ThreadTask =
  | { readonly kind: "fit"; readonly baskets: Baskets; readonly cutoffMs: number }
  | { readonly kind: "gather"; readonly work: OtherWindowWork }
  | {
      readonly kind: "train";
      readonly examples: PurchaseExamples;
      readonly heldOut: PurchaseExamples;
      readonly settings: NetworkSettings;
      readonly seed: number;
      readonly memoryBytes: number | undefined;
    };

export interface ThreadQuestion {
  readonly id: number;
  readonly task: ThreadTask;
}

export interface ThreadAnswer {
  readonly id: number;
  readonly fitted?: FittedSources;
  readonly windows?: WindowExamples[];
  readonly network?: NetworkWeights;
  readonly error?: string;
}

const port = parentPort;
if (port) {
  const backend = chooseBackend(workerData as BackendName);
  let before: Promise<unknown> = Promise.resolve();
  // One at a time, in order: each uses a core, and the oldest is needed first.
  port.on("message", ({ id, task }: ThreadQuestion) => {
    before = before.then(async () => {
      try {
        await backend;
        if (task.kind === "fit") {
          const fitted = await fitSources(task.baskets, task.cutoffMs, {});
          // The inverse is most of the data; transfer it instead of copying.
          port.postMessage({ id, fitted } satisfies ThreadAnswer, [
            fitted.ease.weights.buffer as ArrayBuffer,
          ]);
        } else if (task.kind === "gather") {
          const windows = await gatherOtherWindow(task.work, {});
          const x = windows.map(({ examples }) => examples.x.buffer as ArrayBuffer);
          port.postMessage({ id, windows } satisfies ThreadAnswer, x);
        } else {
          const { examples, heldOut, settings, seed, memoryBytes } = task;
          const network = await trainPurchaseNetwork(examples, heldOut, settings, { seed, memoryBytes });
          port.postMessage({ id, network } satisfies ThreadAnswer);
        }
      } catch (error) {
        const stated = error instanceof Error ? error.message : String(error);
        port.postMessage({ id, error: stated } satisfies ThreadAnswer);
      }
    });
  });
}

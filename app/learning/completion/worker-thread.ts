import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { FittedSources } from "./fit-feature-sources.ts";
import type { PurchaseExamples } from "#app/learning/networks/network-gradients.ts";
import type { OtherWindowWork, WindowExamples } from "./other-windows.ts";
import type { NetworkFit, NetworkSettings } from "#app/learning/networks/purchase-network.ts";

/** The work that a worker thread does. What it gives is what this thread would have made, to the last bit. */
export interface WorkerThread {
  /** As `fitSources`. */
  fit(baskets: Baskets, cutoffMs: number, signal: AbortSignal | undefined): Promise<FittedSources>;
  /** As `gatherOtherWindow`. */
  gather(work: OtherWindowWork, signal: AbortSignal | undefined): Promise<WindowExamples[]>;
  /** As `trainPurchaseNetwork`, without progress or checkpoints. */
  train(
    examples: PurchaseExamples,
    heldOut: PurchaseExamples,
    settings: NetworkSettings,
    run: {
      readonly seed: number;
      readonly memoryBytes: number | undefined;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<NetworkFit>;
}

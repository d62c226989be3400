import type { CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import {
  NETWORK_DEFAULTS,
  WIDE_NETWORK,
  type NetworkSettings,
} from "#app/learning/networks/purchase-network.ts";

/** How the networks of a task are trained. */
interface TrainingSettings {
  /** Candidates of a query that are trained on, of those that it is asked about: half of them the likeliest. */
  readonly places: number;
  /** Most cases of each window. */
  readonly mostCases: number;
  /** Of fewer cases each network learns its own accidents, and the mean of several keeps what they agree on. */
  readonly manyCases: number;
  readonly many: EnsembleSettings;
}

/** How many networks are averaged, and how each is trained. */
export interface EnsembleSettings {
  readonly members: number;
  readonly settings: NetworkSettings;
}

/** Where cases are few, whatever the task. */
export const FEW: EnsembleSettings = { members: 5, settings: NETWORK_DEFAULTS };
/** Each as it did best on orders after those learned from; tests/bench/notes/networks.md has what was tried. */
export const TRAINING_SETTINGS: Readonly<Record<CompletionTask | "undated", TrainingSettings>> = {
  cart: {
    places: 32,
    mostCases: 7_000,
    manyCases: 4_000,
    many: { members: 2, settings: { ...WIDE_NETWORK, batchQueries: 128, learningRate: 4e-3 } },
  },
  product: {
    places: 48,
    mostCases: 2_500,
    manyCases: 4_000,
    many: { members: 2, settings: WIDE_NETWORK },
  },
  undated: { places: 72, mostCases: 6_000, manyCases: Infinity, many: FEW },
};

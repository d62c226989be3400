/** What a shopper is doing when the model is asked: a basket, an instant and, when known, earlier purchases. */
export interface BehaviourQuery {
  /** Item indices in the basket or on the product page. */
  readonly basket: readonly number[];
  readonly atMs: number;
  /** What this customer bought before `atMs`, newest last; empty for a guest. */
  readonly history: readonly { readonly item: number; readonly atMs: number }[];
}

/** What a shopper asks for: the rest of a cart, or what goes with the one product on the page. */
export type CompletionTask = "cart" | "product";

/** A model of step 3. Scores rank items for one query; they are comparable within a query only. */
export interface BehaviourModel {
  readonly name: string;
  /**
   * @param into [items] receives one score an item; higher is likelier. The basket's own items are not left out.
   */
  score(query: BehaviourQuery, into: Float32Array): void;
}

/** How one candidate did on the validation window: later orders that none of the candidates had seen. */
export interface CandidateMetrics {
  readonly name: string;
  readonly task: CompletionTask;
  /**
   * Hit rate and normalised discounted cumulative gain at 10, one item left out of each basket, 0 to 1; absent where there
   * was no basket to measure on, and what is usual is taken.
   */
  readonly hr10?: number;
  readonly ndcg10?: number;
  readonly fitMs: number;
  readonly isChosen: boolean;
  /**
   * Of a model that states probabilities: expected calibration error, 0 to 1, of what it says of the ten best items of
   * each case, as calibrated and before that.
   */
  readonly calibrationError?: number;
  readonly rawCalibrationError?: number;
}

/** The `count` strongest partners of every item by the chosen model asked with that item alone. */
export interface Neighbours {
  /** [items × count] item indices, strongest first; -1 where there are fewer. */
  readonly partner: Int32Array;
  /** [items × count] scores scaled to 0..1 within the item. */
  readonly strength: Float32Array;
  readonly count: number;
}

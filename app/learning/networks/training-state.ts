import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";

/**
 * Everything that a training needs to resume after an epoch. The order of the examples is not included: it follows from
 * the seed and the number of epochs.
 */
export interface TrainingState {
  readonly epochs: number;
  readonly steps: number;
  /** Per layer W [from × to] row-major, then b [to]; the next four have the same layout. */
  readonly weights: readonly Float32Array[];
  /** Running mean of the weights. */
  readonly average: readonly Float32Array[];
  /** Adam's running means of the gradient and of its square. */
  readonly firstMoment: readonly Float32Array[];
  readonly secondMoment: readonly Float32Array[];
  /** `average` after the epoch with the lowest held-out loss. */
  readonly best: readonly Float32Array[];
  /** Mean loss on the held-out queries after each epoch, nats; empty before the first epoch. */
  readonly losses: readonly number[];
}

/** Stores the state of a training after each epoch, so that a later attempt can resume it. */
export interface TrainingCheckpoints {
  /** The last state saved under this key, or null. */
  read(key: string): Promise<Uint8Array | null>;
  /** Replaces the state under this key. */
  save(key: string, state: Uint8Array): Promise<void>;
}

/** The state before the first epoch. */
export function startState(parameters: readonly Float32Array[]): TrainingState {
  const zeros = () => parameters.map((values) => new Float32Array(values.length));
  return {
    epochs: 0,
    steps: 0,
    weights: parameters,
    average: parameters,
    firstMoment: zeros(),
    secondMoment: zeros(),
    best: parameters,
    losses: [],
  };
}

export function encodeState(state: TrainingState): Uint8Array {
  return serialize(state);
}

/**
 * Reads the bytes of `encodeState`, bit for bit.
 *
 * @throws Error when the bytes are truncated
 */
export function decodeState(bytes: Uint8Array): TrainingState {
  return deserialize(bytes) as TrainingState;
}

/** Hash of everything a computation depends on: text and numbers, in the given order. */
export function nameWork(parts: readonly (string | Float32Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest("base64url").slice(0, 22);
}

import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";

/**
 * All that a training needs to go on after an epoch as if it had never been stopped. The order of the examples is
 * not in it: it follows from the seed and the number of epochs.
 */
export interface TrainingState {
  readonly epochs: number;
  /** Steps of Adam so far. */
  readonly steps: number;
  /** For each layer W [from × to] row-major, then b [to]; so are the four below. */
  readonly weights: readonly Float32Array[];
  /** Running mean of the weights. */
  readonly average: readonly Float32Array[];
  /** Adam's running means of the gradient and of its square. */
  readonly firstMoment: readonly Float32Array[];
  readonly secondMoment: readonly Float32Array[];
  /** The mean of the weights after the epoch whose loss on the held-out queries was the lowest. */
  readonly best: readonly Float32Array[];
  /** Mean loss on the held-out queries after each epoch, nats; empty when none are held out. */
  readonly losses: readonly number[];
}

/** Where trainings leave their state after each epoch, so that a later attempt at the same work goes on from it. */
export interface TrainingCheckpoints {
  /** What was saved last under this key, or null. */
  read(key: string): Promise<Uint8Array | null>;
  /** Replaces what was saved under this key. */
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

/** A state as bytes. */
export function encodeState(state: TrainingState): Uint8Array {
  return serialize(state);
}

/**
 * The state of `encodeState`, to the bit.
 *
 * @throws Error when the bytes are cut off
 */
export function decodeState(bytes: Uint8Array): TrainingState {
  return deserialize(bytes) as TrainingState;
}

/** A name of some work that changes with anything that the work depends on: text and numbers, in the order given. */
export function nameWork(parts: readonly (string | Float32Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest("base64url").slice(0, 22);
}

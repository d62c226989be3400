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

const GROUPS = ["weights", "average", "firstMoment", "secondMoment", "best"] as const;

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

/**
 * A state as bytes: a JSON header after its length (32 bits, little endian), then the numbers of each group as
 * 32-bit floats.
 */
export function encodeState(state: TrainingState): Uint8Array {
  const { epochs, steps, losses, weights } = state;
  const lengths = weights.map(({ length }) => length);
  const header = new TextEncoder().encode(JSON.stringify({ epochs, steps, losses, lengths }));
  const numbers = GROUPS.length * lengths.reduce((sum, length) => sum + length, 0);
  const bytes = new Uint8Array(4 + header.length + 4 * numbers);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const group of GROUPS) {
    for (const values of state[group]) {
      for (const value of values) {
        view.setFloat32(at, value, true);
        at += 4;
      }
    }
  }
  return bytes;
}

/**
 * The state of `encodeState`, to the bit.
 *
 * @throws RangeError when the bytes are cut off
 */
export function decodeState(bytes: Uint8Array): TrainingState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true);
  const { epochs, steps, losses, lengths } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(4, 4 + headerLength)),
  ) as { epochs: number; steps: number; losses: number[]; lengths: number[] };
  let at = 4 + headerLength;
  const read = () =>
    lengths.map((length) =>
      Float32Array.from({ length }, () => {
        at += 4;
        return view.getFloat32(at - 4, true);
      }),
    );
  const [weights, average, firstMoment, secondMoment, best] = [read(), read(), read(), read(), read()];
  return { epochs, steps, losses, weights, average, firstMoment, secondMoment, best };
}

/**
 * A name of some work that changes with anything that the work depends on: 64 bits over text and numbers, in the
 * order given. Not for secrets.
 *
 * @see FNV-1a; two lanes of 32 bits over words instead of bytes, finished as in MurmurHash3
 */
export function nameWork(parts: readonly (string | Float32Array)[]): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  const mix = (word: number) => {
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x5bd1e995);
    b ^= b >>> 13;
  };
  for (const part of parts) {
    mix(part.length);
    if (typeof part === "string") {
      for (let at = 0; at < part.length; at++) mix(part.charCodeAt(at));
    } else {
      const words = new Uint32Array(part.buffer, part.byteOffset, part.length);
      for (let at = 0; at < words.length; at++) mix(words[at]!);
    }
  }
  return [a, b].map((lane) => (finish(lane) >>> 0).toString(16).padStart(8, "0")).join("");
}

function finish(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** What a run takes of the machine that carries it out. */
export interface TrainingNeed {
  readonly memoryBytes: number;
  readonly seconds: number;
}

const GIB = 2 ** 30;

/** Node, TensorFlow.js and what a run holds whatever its size. */
const BASE_BYTES = 0.6 * GIB;
/** Orders as columns, their copies while the candidates are compared, and the networks' examples. */
const BYTES_A_LINE = 400;
/** EASE inverts a matrix of items by items in four arrays of 32 bits, and takes no more items than this. */
const EASE_ITEMS = 5_000;
const BYTES_A_PAIR = 16;

/** One core takes so long for a million lines; time grows with the lines to this power. */
const SECONDS_A_MILLION = 40;
const TIME_POWER = 0.7;

/** A run that needs more than this does not share a small worker with others. */
export const SMALL_RUN_BYTES = 2 * GIB;
/** What a worker must have for large runs beside two small ones: 10 million lines take 5 GiB. */
export const LARGE_WORKER_BYTES = 10 * GIB;

/**
 * What a run will take, told from its size before it begins. The constants are measured (tests/bench/FIGURES.md): 1.2
 * GiB and 38 s for a million lines, 4.6 GiB and 169 s for ten million.
 *
 * @param lines order lines that it reads
 * @param products variants that the shop has
 */
export function toTrainingNeed({ lines, products }: { lines: number; products: number }): TrainingNeed {
  const easeBytes = Math.min(products, EASE_ITEMS) ** 2 * BYTES_A_PAIR;
  return {
    memoryBytes: Math.ceil(BASE_BYTES + lines * BYTES_A_LINE + easeBytes),
    seconds: Math.ceil(SECONDS_A_MILLION * (lines / 1_000_000) ** TIME_POWER),
  };
}

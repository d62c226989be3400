import type { AttentionWeights } from "#app/domain/behaviour/networks/attention-weights.ts";
import type { Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import { seededRandom, shuffleInPlace, type Random } from "#app/domain/numbers/random.ts";
import {
  drawKept,
  drawParameters,
  goOnFrom,
  pickKnown,
  trainAttentionWeights,
  type AttentionPace,
  type AttentionRun,
} from "./attention-training.ts";
import { attentionGradients, attentionLosses, type AttentionBatch } from "./session-attention-gradients.ts";

interface AttentionSettings extends AttentionPace {
  readonly width: number;
  readonly hidden: number;
  /** Views of a session that are read; a longer one is cut into several. */
  readonly length: number;
  readonly viewsPerBatch: number;
  /** Share of the inputs that is left out of each step. */
  readonly dropoutRatio: number;
  /** Items in fewer views are not learned. */
  readonly minViews: number;
  /** Time and memory grow with it: a step scores every item after every view of the batch. */
  readonly maxItems: number;
}

/** Chosen on validation sessions of a European retailer. */
export const ATTENTION_DEFAULTS: AttentionSettings = {
  width: 48,
  hidden: 96,
  length: 10,
  maxEpochs: 7,
  patience: 2,
  viewsPerBatch: 512,
  learningRate: 15e-3,
  dropoutRatio: 0.4,
  minViews: 2,
  maxItems: 6_000,
};

export interface AttentionFit {
  readonly weights: AttentionWeights;
  /** Loss on the held-out sessions after each epoch, nats; empty without them. */
  readonly losses: readonly number[];
}

interface SessionAttentionRun extends AttentionRun {
  readonly seed: number;
  /** Weights to go on from; what they do not know of starts at random. */
  readonly start?: AttentionWeights;
}

/**
 * Trains a causal Transformer of one layer on sessions: after each view it tells the next one, by full cross-entropy
 * over all items. Adam; the weights returned are the best on the held-out sessions, or the last ones without any.
 *
 * @param heldOut later sessions for early stopping; null runs `maxEpochs`
 * @throws RangeError when no item is in enough views
 * @throws DOMException AbortError when aborted; no tensor stays behind
 * @see Kang & McAuley 2018 (SASRec); Klenitskiy & Vasilev 2023 on the full cross-entropy. Known weakness: on little
 *   data it knows less than session neighbours do
 */
export async function trainAttention(
  sessions: Sessions,
  heldOut: Sessions | null,
  settings: AttentionSettings,
  { seed, start, ...run }: SessionAttentionRun,
): Promise<AttentionFit> {
  const random = seededRandom(seed);
  const { width, hidden, length, dropoutRatio, viewsPerBatch } = settings;
  const known = pickItems(sessions, settings);
  const size = { rows: known.items.length, places: length, width, hidden };
  const read = { ...known, length };
  const runs = cutRuns(sessions, read);
  const { parameters, losses } = await trainAttentionWeights(
    goOnFrom(start, known.items, drawParameters(size, random)),
    size,
    {
      draw: () => fillBatches(runs, viewsPerBatch, random),
      heldOut: heldOut ? fillBatches(cutRuns(heldOut, read), viewsPerBatch) : null,
      gradients: (weights, batch: AttentionBatch) =>
        attentionGradients(weights, batch, drawKept(batch.views.length, width, dropoutRatio, random)),
      losses: attentionLosses,
    },
    settings,
    run,
  );
  return { weights: { ...read, width, hidden, parameters }, losses };
}

/** @throws RangeError when no item is in enough views */
function pickItems({ items, offsets, item }: Sessions, { minViews, maxItems }: AttentionSettings) {
  const views = new Uint32Array(items);
  for (let at = offsets[0]!; at < offsets.at(-1)!; at++) views[item[at]!]!++;
  const known = pickKnown(views, { least: minViews, most: maxItems });
  if (known.items.length === 0) throw new RangeError(`no item is in ${minViews} looks`);
  return known;
}

/** Rows of the views of each session; one longer than is read is cut into several that overlap by one view. */
function cutRuns(
  { offsets, item }: Sessions,
  { rowOf, length }: Pick<AttentionWeights, "rowOf" | "length">,
): Int32Array[] {
  const runs: Int32Array[] = [];
  for (let session = 0; session < offsets.length - 1; session++) {
    const rows = item
      .slice(offsets[session]!, offsets[session + 1]!)
      .map((one) => rowOf[one]!)
      .filter((row) => row >= 0);
    for (let end = rows.length; end > 1; end -= length) {
      runs.push(rows.subarray(Math.max(0, end - length - 1), end));
    }
  }
  return runs;
}

/** Batches of runs of one length; shuffled when a generator is given. */
function fillBatches(runs: readonly Int32Array[], viewsPerBatch: number, random?: Random): AttentionBatch[] {
  const byLength = new Map<number, Int32Array[]>();
  for (const run of random ? shuffleInPlace([...runs], random) : runs) {
    const bucket = byLength.get(run.length) ?? [];
    byLength.set(run.length, bucket);
    bucket.push(run);
  }
  const batches: AttentionBatch[] = [];
  for (const [size, bucket] of byLength) {
    const length = size - 1;
    const most = Math.max(1, Math.floor(viewsPerBatch / length));
    for (let from = 0; from < bucket.length; from += most) {
      const part = bucket.slice(from, from + most);
      const views = new Int32Array(part.length * length);
      const next = new Int32Array(part.length * length);
      part.forEach((run, at) => {
        views.set(run.subarray(0, length), at * length);
        next.set(run.subarray(1), at * length);
      });
      batches.push({ sessions: part.length, length, views, next });
    }
  }
  return random ? shuffleInPlace(batches, random) : batches;
}

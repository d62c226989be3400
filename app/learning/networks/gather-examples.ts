import { tensor2d, type Tensor2D } from "@tensorflow/tfjs-core";
import type { Random } from "#app/domain/numbers/random.ts";
import type { CompletionCase } from "#app/domain/behaviour/choice/rank-items.ts";
import type { openPurchaseFeatures } from "#app/domain/behaviour/features/purchase-features.ts";

/** Queries with their candidates; the candidates of one query share a probability of 1. */
export interface PurchaseExamples {
  readonly queries: number;
  /** Candidates per query; shorter lists are padded. */
  readonly candidates: number;
  readonly features: number;
  /** [queries × candidates × features] */
  readonly x: Float32Array;
  /** [queries × candidates] share of the query's purchases, summing to 1; 0 for padding. */
  readonly bought: Float32Array;
  /**
   * [queries × candidates] added to the score: the logarithm of the number of candidates that a place represents, 0 for
   * most; `PADDING` for an empty place.
   */
  readonly padding: Float32Array;
}

/** Added to the score of a padded place, whose probability then rounds to 0 in 32 bits. */
export const PADDING = -1e9;

interface GatherSettings {
  /** Candidates per query. */
  readonly candidates: number;
  /** Candidates to train on: the top half of the places, all purchases, and a sample of the rest. */
  readonly places: number;
  readonly random: Random;
}

/** Turns cases into the network's examples. Drops a case if none of its purchases is among the candidates. */
export function gatherExamples(
  cases: readonly CompletionCase[],
  features: ReturnType<typeof openPurchaseFeatures>,
  { candidates, places, random }: GatherSettings,
): PurchaseExamples {
  const rows: { x: Float32Array; bought: Float32Array; padding: Float32Array }[] = [];
  for (const { query, bought, isExplore } of cases) {
    const known = new Set(isExplore ? query.history.map(({ item }) => item) : []);
    const picked = features.pick(query, candidates, known);
    const wanted = new Set(bought);
    const isHit = picked.candidates.map((item) => wanted.has(item));
    const kept = thinOut(isHit, places, random);
    const hits = kept.filter(({ position }) => isHit[position]).length;
    if (hits === 0) continue;
    const x = new Float32Array(places * features.width);
    x.set(picked.describe(kept.map(({ position }) => position)));
    const shares = new Float32Array(places);
    const padding = new Float32Array(places).fill(PADDING);
    kept.forEach(({ position, standsFor }, place) => {
      shares[place] = isHit[position] ? 1 / hits : 0;
      padding[place] = Math.log(standsFor);
    });
    rows.push({ x, bought: shares, padding });
  }
  const join = (read: (row: (typeof rows)[number]) => Float32Array, width: number) => {
    const all = new Float32Array(rows.length * width);
    rows.forEach((row, query) => all.set(read(row), query * width));
    return all;
  };
  return {
    queries: rows.length,
    candidates: places,
    features: features.width,
    x: join((row) => row.x, places * features.width),
    bought: join((row) => row.bought, places),
    padding: join((row) => row.padding, places),
  };
}

/**
 * Keeps the top candidates, all purchases, and a sample of the rest. Each sampled candidate is weighted by the number
 * it represents, so the expected softmax denominator is unchanged: less work for the same expected gradient.
 *
 * @see Jean, Cho, Memisevic & Bengio 2015 (importance sampling of a softmax)
 */
function thinOut(
  isHit: readonly boolean[],
  places: number,
  random: Random,
): { position: number; standsFor: number }[] {
  const all = isHit.map((_, position) => position);
  if (all.length <= places) return all.map((position) => ({ position, standsFor: 1 }));
  const head = Math.floor(places / 2);
  const sure = all.filter((position) => position < head || isHit[position]).slice(0, places);
  const rest = all.filter((position) => position >= head && !isHit[position]);
  const drawn = Math.min(rest.length, places - sure.length);
  const offset = random();
  return [
    ...sure.map((position) => ({ position, standsFor: 1 })),
    ...Array.from({ length: drawn }, (_, at) => ({
      position: rest[Math.floor(((at + offset) * rest.length) / drawn)]!,
      standsFor: rest.length / drawn,
    })),
  ];
}

/**
 * Joins examples in shared memory, so a worker thread can train on them without a copy.
 *
 * @param parts at least one, all with the same features and number of candidates
 * @throws Error when the shapes differ
 */
export function joinExamples(parts: readonly PurchaseExamples[]): PurchaseExamples {
  const { candidates, features } = parts[0]!;
  if (parts.some((part) => part.candidates !== candidates || part.features !== features))
    throw new Error("examples of different shapes cannot be joined");
  const join = (read: (part: PurchaseExamples) => Float32Array) => {
    const length = parts.reduce((sum, part) => sum + read(part).length, 0);
    const all = new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
    let at = 0;
    for (const part of parts) {
      all.set(read(part), at);
      at += read(part).length;
    }
    return all;
  };
  return {
    queries: parts.reduce((sum, { queries }) => sum + queries, 0),
    candidates,
    features,
    x: join(({ x }) => x),
    bought: join(({ bought }) => bought),
    padding: join(({ padding }) => padding),
  };
}

/** Scaling of every feature, measured over the real candidates. */
export interface Scaling {
  readonly mean: Float32Array;
  readonly inverseDeviation: Float32Array;
}

/** A batch of examples as tensors with scaled features. */
export interface Batch {
  /** [queries × candidates, features] */
  readonly x: Tensor2D;
  /** `x` transposed. */
  readonly columns: Tensor2D;
  readonly bought: Tensor2D;
  readonly padding: Tensor2D;
}

/** @param batch indices of the queries */
export function gatherBatch(
  { x, bought, padding, candidates, features }: PurchaseExamples,
  batch: Uint32Array,
  { mean, inverseDeviation }: Scaling,
): Batch {
  const rowSize = candidates * features;
  const values = new Float32Array(batch.length * rowSize);
  const columns = new Float32Array(batch.length * rowSize);
  const rows = batch.length * candidates;
  const wanted = new Float32Array(batch.length * candidates);
  const pads = new Float32Array(batch.length * candidates);
  batch.forEach((query, position) => {
    const from = query * rowSize;
    const to = position * rowSize;
    for (let row = position * candidates, at = 0; at < rowSize; row++) {
      for (let f = 0, column = row; f < features; f++, at++, column += rows) {
        columns[column] = values[to + at] = (x[from + at]! - mean[f]!) * inverseDeviation[f]!;
      }
    }
    wanted.set(bought.subarray(query * candidates, (query + 1) * candidates), position * candidates);
    pads.set(padding.subarray(query * candidates, (query + 1) * candidates), position * candidates);
  });
  return {
    x: tensor2d(values, [rows, features]),
    columns: tensor2d(columns, [features, rows]),
    bought: tensor2d(wanted, [batch.length, candidates]),
    padding: tensor2d(pads, [batch.length, candidates]),
  };
}

import { getBackend } from "@tensorflow/tfjs-core";
import type { UntrainedMessage } from "#app/domain/behaviour/behaviour-messages.ts";
import { openHistoryAttention } from "#app/domain/behaviour/networks/history-attention.ts";
import { isUndated, type Baskets } from "#app/domain/prepare/baskets.ts";
import type { RankingModel } from "./behaviour-candidates.ts";
import {
  countHistoryWork,
  HISTORY_DEFAULTS,
  trainHistoryAttention,
  type HistoryFit,
} from "#app/learning/attention/history-attention.ts";

/** The Transformer over purchase histories as one more candidate, or why it is none. */
export type HistoryCandidate =
  | { readonly ok: true; readonly model: RankingModel; readonly fit: HistoryFit; readonly fitMs: number }
  | { readonly ok: false; readonly reason: UntrainedMessage };

interface HistoryCandidateRun {
  readonly seed: number;
  readonly onRatio: (ratio: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Fewer orders and a Transformer is noise. */
const MIN_BASKETS = 1_000;
/** Share of the orders, the newest, that tell when to stop. */
const HELD_OUT_RATIO = 0.1;
/**
 * Multiply-adds that one core in WebAssembly or JavaScript may spend, two to four seconds of them: there a training as a whole
 * has a minute, and larger logs are where the network over all scores is at its best. Graphics cards and native kernels
 * do a hundred times as many in the time.
 */
const SLOW_BUDGET = 2e9;
const FAST_BUDGET = 1e12;
/** Passes over all orders once it is chosen: nothing tells when it is enough. */
const CONTINUING_EPOCHS = 2;

/**
 * Trains the candidate on the orders before the window that the choice is made on, where that is affordable here.
 *
 * @param windowFrom first basket that it may not see
 * @throws DOMException AbortError when aborted; no tensor stays behind
 */
export async function trainHistoryCandidate(
  past: Baskets,
  windowFrom: number,
  { seed, onRatio, signal }: HistoryCandidateRun,
): Promise<HistoryCandidate> {
  if (isUndated(past)) return { ok: false, reason: { code: "training.undated", values: {} } };
  if (windowFrom < MIN_BASKETS) {
    const missing = MIN_BASKETS - windowFrom;
    return { ok: false, reason: { code: "training.few", values: { missing } } };
  }
  const learned = { from: 0, to: Math.floor((1 - HELD_OUT_RATIO) * windowFrom) };
  const isSlow = getBackend() === "wasm" || getBackend() === "cpu";
  const [work, budget] = [
    countHistoryWork(past, learned, HISTORY_DEFAULTS),
    isSlow ? SLOW_BUDGET : FAST_BUDGET,
  ];
  if (work > budget) {
    const billions = (count: number) => Math.round(count / 1e9);
    const values = { billions: billions(work), budget: billions(budget) };
    return { ok: false, reason: { code: "training.costly", values } };
  }
  if (work === 0) return { ok: false, reason: { code: "training.rare", values: {} } };
  const startedMs = performance.now();
  const heldOut = { from: learned.to, to: windowFrom };
  const run = { seed, signal, onProgress: onRatio };
  const fit = await trainHistoryAttention(past, learned, heldOut, HISTORY_DEFAULTS, run);
  return {
    ok: true,
    model: openHistoryAttention(fit.weights),
    fit,
    fitMs: Math.round(performance.now() - startedMs),
  };
}

/** The chosen candidate, gone on with over all orders. @throws DOMException AbortError when aborted */
export async function refitHistory(
  past: Baskets,
  { weights }: HistoryFit,
  { seed, onRatio, signal }: HistoryCandidateRun,
): Promise<RankingModel> {
  const settings = { ...HISTORY_DEFAULTS, maxEpochs: CONTINUING_EPOCHS };
  const all = { from: 0, to: past.placedAtMs.length };
  const run = { seed, signal, start: weights, onProgress: onRatio };
  return openHistoryAttention((await trainHistoryAttention(past, all, null, settings, run)).weights);
}

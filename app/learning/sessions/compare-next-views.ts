import type { AttentionWeights } from "#app/domain/behaviour/networks/attention-weights.ts";
import { chooseMeasured } from "#app/domain/behaviour/choice/choose-measured.ts";
import type { SessionSources } from "#app/domain/behaviour/sessions/session-features.ts";
import { countSessions, sliceSessions, type Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import {
  listSessionCases,
  measureNextViews,
  type SessionCase,
  type SessionMeasure,
} from "#app/domain/behaviour/sessions/session-measure.ts";
import type { SessionMetrics, SessionModel } from "#app/domain/behaviour/sessions/session-model.ts";
import { pause } from "#app/learning/pause.ts";
import {
  NETWORK_DEFAULTS,
  trainPurchaseNetwork,
  type NetworkFit,
} from "#app/learning/networks/purchase-network.ts";
import {
  fitSessionSources,
  openSimpleSession,
  SIMPLE_SESSION_NAMES,
  type FittedSessions,
} from "./session-candidates.ts";
import { gatherSessionExamples, openSessionNetwork } from "./session-network.ts";

export interface SessionTraining {
  readonly seed: number;
  /** 0 to 1 of the whole training. */
  readonly onProgress?: ((ratio: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How one candidate told the next views of the newest sessions, which none of them had seen. */
interface SessionCandidate extends SessionMetrics {
  readonly name: string;
  readonly fitMs: number;
  readonly isChosen: boolean;
}

export interface SessionComparison {
  /** Every candidate; exactly one is chosen. */
  readonly candidates: readonly SessionCandidate[];
  readonly trainMs: number;
  /** Held-out loss of the Transformer after each epoch, nats; empty when there was too little to train on. */
  readonly losses: readonly number[];
  /** What the chosen one has learned so far, to go on from. */
  readonly learned: {
    readonly name: string;
    readonly network: NetworkFit | null;
    readonly transformer: AttentionWeights | null;
  };
}

/** Share of the sessions, the newest, that the network is trained and the choice is made on. */
const WINDOW_RATIO = 0.2;
/** Parts of the window, in order of time: to train on, to stop early on, to choose on. */
const TRAIN_PART = 0.65;
const STOP_PART = 0.78;
/** Fewer cases to choose on, and the choice is luck. */
const MIN_CHOICE_CASES = 30;
const MAX_CHOICE_CASES = 1_500;
/** Fewer cases and a network is noise. */
const MIN_NETWORK_CASES = 300;
const MAX_NETWORK_CASES = 4_000;
const MAX_STOP_CASES = 800;
/** What is taken unless another is clearly better on the newest sessions. */
const DEFAULT_CHOICE = "session neighbours";

/**
 * Fits every method on the earlier sessions, trains a network over their scores on later ones, and lets the newest
 * choose: the highest mean reciprocal rank of products new to their session, because a shopper needs no help to go
 * back.
 *
 * @returns null when there are too few sessions to choose on
 * @throws DOMException AbortError when the signal is aborted; no tensor stays behind
 */
export async function compareNextViews(
  sessions: Sessions,
  { seed, signal, onProgress = () => {} }: SessionTraining,
): Promise<SessionComparison | null> {
  const startedMs = performance.now();
  const parts = divideSessions(sessions);
  if (parts === null) return null;
  const stage = (from: number, to: number) => (ratio: number) => onProgress(from + (to - from) * ratio);
  const earlier = await fitSessionSources(parts.earlier, {
    seed,
    ...(signal ? { signal } : {}),
    ...(parts.network ? { heldOut: parts.network.stopping } : {}),
    onProgress: stage(0, 0.65),
  });
  const network =
    parts.network &&
    (await trainNetwork(earlier.sources, parts.network, {
      seed,
      signal,
      onRatio: stage(0.65, 0.9),
    }));
  const measured: Measured[] = [];
  for (const { model, ...candidate } of listCandidates(earlier, network)) {
    const measure = await measureNextViews(model, parts.choiceCases, sessions.items, () => pause(signal));
    measured.push({ ...candidate, ...measure });
  }
  const name = choose(measured);
  onProgress(1);
  return {
    candidates: measured.map(({ newGains: _, ...candidate }) => ({
      ...candidate,
      isChosen: candidate.name === name,
    })),
    trainMs: Math.round(performance.now() - startedMs),
    losses: earlier.transformer?.losses ?? [],
    learned: { name, network: network?.fit ?? null, transformer: earlier.transformer?.weights ?? null },
  };
}

/** What a network is trained on and stopped by. */
interface NetworkCases {
  readonly trainCases: readonly SessionCase[];
  readonly stopCases: readonly SessionCase[];
  /** The sessions that the stop cases are of. */
  readonly stopping: Sessions;
}

/** Sessions in order of time: those that the methods are fitted on, and the cases of the newest. */
interface DividedSessions {
  readonly earlier: Sessions;
  /** Null when there are too few cases to train on. */
  readonly network: NetworkCases | null;
  readonly choiceCases: readonly SessionCase[];
}

/** @returns null when there are too few cases to choose on */
function divideSessions(sessions: Sessions): DividedSessions | null {
  const count = countSessions(sessions);
  const windowFrom = Math.floor((1 - WINDOW_RATIO) * count);
  const at = (part: number) => windowFrom + Math.floor(part * (count - windowFrom));
  const earlier = sliceSessions(sessions, 0, windowFrom);
  const isKnown = membership(earlier);
  const draw = (from: number, to: number, most: number) =>
    thin(listSessionCases(sliceSessions(sessions, from, to), isKnown), most);
  const trainCases = draw(windowFrom, at(TRAIN_PART), MAX_NETWORK_CASES);
  const hasNetwork = trainCases.length >= MIN_NETWORK_CASES;
  // What no network trains on may all serve the choice.
  const choiceCases = draw(hasNetwork ? at(STOP_PART) : windowFrom, count, MAX_CHOICE_CASES);
  if (choiceCases.filter(({ isNew }) => isNew).length < MIN_CHOICE_CASES) return null;
  return {
    earlier,
    network: hasNetwork
      ? {
          trainCases,
          stopCases: draw(at(TRAIN_PART), at(STOP_PART), MAX_STOP_CASES),
          stopping: sliceSessions(sessions, at(TRAIN_PART), at(STOP_PART)),
        }
      : null,
    choiceCases,
  };
}

async function trainNetwork(
  fitted: SessionSources,
  { trainCases, stopCases }: NetworkCases,
  run: { seed: number; signal: AbortSignal | undefined; onRatio: (ratio: number) => void },
): Promise<{ readonly fit: NetworkFit; readonly fitMs: number }> {
  const startedMs = performance.now();
  const examples = gatherSessionExamples(trainCases, fitted);
  run.signal?.throwIfAborted();
  const heldOut = gatherSessionExamples(stopCases, fitted);
  const fit = await trainPurchaseNetwork(examples, heldOut, NETWORK_DEFAULTS, {
    seed: run.seed,
    signal: run.signal,
    onProgress: run.onRatio,
  });
  return { fit, fitMs: performance.now() - startedMs };
}

/** Every method with the time that it took, that of what it reads included. */
function listCandidates(
  { sources, fitMs }: FittedSessions,
  network: { readonly fit: NetworkFit; readonly fitMs: number } | null,
): { readonly model: SessionModel; readonly name: string; readonly fitMs: number }[] {
  const candidates = SIMPLE_SESSION_NAMES.map((name) => ({
    model: openSimpleSession(name, sources),
    name: name as string,
    fitMs: name === "session linear" || name === "session blend" ? fitMs.linear : 0,
  }));
  if (sources.transformer)
    candidates.push({ model: sources.transformer, name: "transformer", fitMs: fitMs.transformer });
  if (network) {
    const model = openSessionNetwork(network.fit.weights, sources);
    const tookMs = Math.round(network.fitMs + fitMs.linear + fitMs.transformer);
    candidates.push({ model, name: model.name, fitMs: tookMs });
  }
  return candidates;
}

type Measured = SessionMeasure & { readonly name: string; readonly fitMs: number };

function choose(measured: readonly Measured[]): string {
  const usual = measured.find(({ name }) => name === DEFAULT_CHOICE)!;
  return chooseMeasured(measured, usual, ({ newGains }) => newGains).name;
}

/** Every n-th of too many, so that the whole window stays represented. */
function thin<T>(cases: readonly T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(cases.length / most));
  return cases.filter((_, index) => index % step === 0);
}

function membership({ items, offsets, item }: Sessions): (item: number) => boolean {
  const isMember = new Uint8Array(items);
  for (let at = offsets[0]!; at < offsets.at(-1)!; at++) isMember[item[at]!] = 1;
  return (one) => isMember[one] === 1;
}

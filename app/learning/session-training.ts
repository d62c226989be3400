import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { listNextLooks } from "#app/domain/behaviour/next-looks.ts";
import { isClearlyBetter } from "#app/domain/behaviour/rank-items.ts";
import type { AttentionWeights } from "#app/domain/behaviour/attention-weights.ts";
import type { SessionSources } from "#app/domain/behaviour/session-features.ts";
import {
  countSessions,
  newestSessions,
  sliceSessions,
  type Sessions,
} from "#app/domain/behaviour/session-log.ts";
import {
  listSessionCases,
  measureNextViews,
  type SessionCase,
  type SessionMeasure,
} from "#app/domain/behaviour/session-measure.ts";
import type { SessionMetrics, SessionModel } from "#app/domain/behaviour/session-model.ts";
import { NETWORK_DEFAULTS, trainPurchaseNetwork, type NetworkFit } from "./purchase-network.ts";
import { fitSessionSources, openSimpleSession, SIMPLE_SESSION_NAMES } from "./session-candidates.ts";
import { gatherSessionExamples, openSessionNetwork } from "./session-network.ts";
import { pause } from "./pause.ts";

interface SessionTraining {
  readonly seed: number;
  /** 0 to 1 of the whole training. */
  readonly onProgress?: ((ratio: number, message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How one candidate told the next looks of the newest sessions, which none of them had seen. */
export interface SessionCandidate extends SessionMetrics {
  readonly name: string;
  readonly fitMs: number;
  readonly isChosen: boolean;
}

interface SessionComparison {
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

export interface TrainedSessions extends Omit<SessionComparison, "learned"> {
  readonly model: SessionModel;
  /** What the model says of each product, by the sessions that it was fitted on. */
  readonly nextLooks: Neighbours;
}

/** Time grows with the looks; what was looked at before the newest of them says little of tomorrow. */
const MOST_LOOKS = 120_000;
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
/** What is listed of each product; a product in fewer looks has no list. */
const NEXT_LOOKS = { count: 20, minLooks: 5 };
/** What is taken unless another is clearly better on the newest sessions. */
const DEFAULT_CHOICE = "session neighbours";

/**
 * Step 3, behaviour, in mid-session: compares what tells the next look and refits the best on all sessions; a
 * Transformer goes on from where it stopped.
 *
 * @returns null when there are too few sessions to choose on
 * @throws DOMException AbortError when the signal is aborted; no tensor stays behind
 */
export async function trainNextView(
  sessions: Sessions,
  { seed, signal, onProgress = () => {} }: SessionTraining,
): Promise<TrainedSessions | null> {
  const startedMs = performance.now();
  const recent = newestSessions(sessions, MOST_LOOKS);
  const compared = await compareNextViews(recent, {
    seed,
    signal,
    onProgress: (ratio, message) => onProgress(0.75 * ratio, message),
  });
  if (compared === null) return null;
  const { learned, ...comparison } = compared;
  const { name, network, transformer } = learned;
  const isTransformerNeeded = name === "transformer" || name === "session network";
  const { sources } = await fitSessionSources(recent, {
    seed,
    ...(signal ? { signal } : {}),
    ...(isTransformerNeeded && transformer ? { start: transformer } : {}),
    onProgress: (ratio) => onProgress(0.75 + 0.2 * ratio, "fitting the chosen method on all sessions"),
  });
  const model = open(name, sources, network);
  const nextLooks = await listNextLooks(model, recent, {
    ...NEXT_LOOKS,
    pause: () => pause(signal),
  });
  onProgress(1, "trained");
  return {
    ...comparison,
    model,
    nextLooks,
    trainMs: Math.round(performance.now() - startedMs),
  };
}

/**
 * Fits every method on the earlier sessions, trains a network over their scores on later ones, and lets the newest
 * choose: the highest mean reciprocal rank of products new to their session, because a shopper needs no help to go
 * back.
 *
 * @returns null when there are too few sessions to choose on
 * @throws DOMException AbortError when the signal is aborted; no tensor stays behind
 */
async function compareNextViews(
  all: Sessions,
  { seed, signal, onProgress = () => {} }: SessionTraining,
): Promise<SessionComparison | null> {
  const startedMs = performance.now();
  const sessions = newestSessions(all, MOST_LOOKS);
  const count = countSessions(sessions);
  const windowFrom = Math.floor((1 - WINDOW_RATIO) * count);
  const at = (part: number) => windowFrom + Math.floor(part * (count - windowFrom));
  const isKnown = membership(sliceSessions(sessions, 0, windowFrom));
  const draw = (from: number, to: number, most: number) =>
    thin(listSessionCases(sliceSessions(sessions, from, to), isKnown), most);
  const trainCases = draw(windowFrom, at(TRAIN_PART), MAX_NETWORK_CASES);
  const hasNetwork = trainCases.length >= MIN_NETWORK_CASES;
  // What no network trains on may all serve the choice.
  const choiceCases = draw(hasNetwork ? at(STOP_PART) : windowFrom, count, MAX_CHOICE_CASES);
  if (choiceCases.filter(({ isNew }) => isNew).length < MIN_CHOICE_CASES) return null;

  const abortable = signal ? { signal } : {};
  const stage = (from: number, to: number, message: string) => (ratio: number) =>
    onProgress(from + (to - from) * ratio, message);
  const stopping = hasNetwork ? { heldOut: sliceSessions(sessions, at(TRAIN_PART), at(STOP_PART)) } : {};
  const earlier = await fitSessionSources(sliceSessions(sessions, 0, windowFrom), {
    seed,
    ...abortable,
    ...stopping,
    onProgress: stage(0, 0.65, "fitting the methods on earlier sessions"),
  });
  let network: NetworkFit | null = null;
  let networkMs = 0;
  if (hasNetwork) {
    const stopCases = draw(at(TRAIN_PART), at(STOP_PART), MAX_STOP_CASES);
    const beganMs = performance.now();
    network = await trainNetwork(
      earlier.sources,
      { trainCases, stopCases },
      stage(0.65, 0.9, "training on later sessions"),
    );
    networkMs = performance.now() - beganMs;
  }

  const measured: (SessionMeasure & { name: string; fitMs: number })[] = [];
  const measure = async (model: SessionModel, name: string, fitMs: number) =>
    measured.push({
      name,
      fitMs,
      ...(await measureNextViews(model, choiceCases, sessions.items, () => pause(signal))),
    });
  for (const name of SIMPLE_SESSION_NAMES) {
    const fitMs = name === "session linear" || name === "session blend" ? earlier.fitMs.linear : 0;
    await measure(openSimpleSession(name, earlier.sources), name, fitMs);
  }
  if (earlier.sources.transformer) {
    await measure(earlier.sources.transformer, "transformer", earlier.fitMs.transformer);
  }
  if (network) {
    const model = openSessionNetwork(network.weights, earlier.sources);
    await measure(
      model,
      model.name,
      Math.round(networkMs + earlier.fitMs.linear + earlier.fitMs.transformer),
    );
  }
  const name = choose(measured);
  onProgress(1, "compared");
  return {
    candidates: measured.map(({ newGains: _, ...candidate }) => ({
      ...candidate,
      isChosen: candidate.name === name,
    })),
    trainMs: Math.round(performance.now() - startedMs),
    losses: earlier.transformer?.losses ?? [],
    learned: { name, network, transformer: earlier.transformer?.weights ?? null },
  };

  function trainNetwork(
    fitted: SessionSources,
    cases: { trainCases: readonly SessionCase[]; stopCases: readonly SessionCase[] },
    onRatio: (ratio: number) => void,
  ): Promise<NetworkFit> {
    const examples = gatherSessionExamples(cases.trainCases, fitted);
    signal?.throwIfAborted();
    const heldOut = gatherSessionExamples(cases.stopCases, fitted);
    return trainPurchaseNetwork(examples, heldOut, NETWORK_DEFAULTS, {
      seed,
      ...abortable,
      onProgress: onRatio,
    });
  }
}

function choose(measured: readonly (SessionMeasure & { name: string })[]): string {
  const best = measured.reduce((a, b) => (b.newMrr20 > a.newMrr20 ? b : a));
  const usual = measured.find(({ name }) => name === DEFAULT_CHOICE)!;
  return isClearlyBetter(best.newGains, usual.newGains) ? best.name : usual.name;
}

function open(name: string, sources: SessionSources, network: NetworkFit | null): SessionModel {
  if (name === "session network" && network) return openSessionNetwork(network.weights, sources);
  if (name === "transformer" && sources.transformer) return sources.transformer;
  const simple = SIMPLE_SESSION_NAMES.find((candidate) => candidate === name);
  if (simple === undefined) throw new RangeError(`no session model is called ${name}`);
  return openSimpleSession(simple, sources);
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

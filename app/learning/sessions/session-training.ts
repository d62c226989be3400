import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { listNextViews } from "#app/domain/behaviour/sessions/next-views.ts";
import type { SessionSources } from "#app/domain/behaviour/sessions/session-features.ts";
import { newestSessions, type Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import type { SessionModel } from "#app/domain/behaviour/sessions/session-model.ts";
import { compareNextViews, type SessionComparison, type SessionTraining } from "./compare-next-views.ts";
import { pause } from "#app/learning/pause.ts";
import type { NetworkFit } from "#app/learning/networks/purchase-network.ts";
import { fitSessionSources, openSimpleSession, SIMPLE_SESSION_NAMES } from "./session-candidates.ts";
import { openSessionNetwork } from "./session-network.ts";

export interface TrainedSessions extends Omit<SessionComparison, "learned"> {
  readonly model: SessionModel;
  /** What the model says of each product, by the sessions that it was fitted on. */
  readonly nextViews: Neighbours;
}

/** Time grows with the views; what was viewed before the newest of them says little of tomorrow. */
const MOST_VIEWS = 120_000;
/** What is listed of each product; a product in fewer views has no list. */
const NEXT_VIEWS = { count: 20, minViews: 5 };

/**
 * Step 3, behaviour, in mid-session: compares what tells the next view and refits the best on all sessions; a
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
  const recent = newestSessions(sessions, MOST_VIEWS);
  const compared = await compareNextViews(recent, {
    seed,
    signal,
    onProgress: (ratio) => onProgress(0.75 * ratio),
  });
  if (compared === null) return null;
  const { learned, ...comparison } = compared;
  const { name, network, transformer } = learned;
  const isTransformerNeeded = name === "transformer" || name === "session network";
  const { sources } = await fitSessionSources(recent, {
    seed,
    ...(signal ? { signal } : {}),
    ...(isTransformerNeeded && transformer ? { start: transformer } : {}),
    onProgress: (ratio) => onProgress(0.75 + 0.2 * ratio),
  });
  const model = open(name, sources, network);
  const nextViews = await listNextViews(model, recent, {
    ...NEXT_VIEWS,
    pause: () => pause(signal),
  });
  onProgress(1);
  return {
    ...comparison,
    model,
    nextViews,
    trainMs: Math.round(performance.now() - startedMs),
  };
}

function open(name: string, sources: SessionSources, network: NetworkFit | null): SessionModel {
  if (name === "session network" && network) return openSessionNetwork(network.weights, sources);
  if (name === "transformer" && sources.transformer) return sources.transformer;
  const simple = SIMPLE_SESSION_NAMES.find((candidate) => candidate === name);
  if (simple === undefined) throw new RangeError(`no session model is called ${name}`);
  return openSimpleSession(simple, sources);
}

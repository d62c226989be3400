import type { AttentionWeights } from "#app/domain/behaviour/networks/attention-weights.ts";
import { openAttention } from "#app/domain/behaviour/sessions/session-attention.ts";
import { openSessionBlend, type SessionSources } from "#app/domain/behaviour/sessions/session-features.ts";
import type { Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import { type SessionModel, openSessionLinear } from "#app/domain/behaviour/sessions/session-model.ts";
import { openSessionNeighbours } from "#app/domain/behaviour/sessions/session-neighbours.ts";
import {
  countRecentViews,
  countSequentialRules,
  countSessionPairs,
  openRuleModel,
} from "#app/domain/behaviour/sessions/session-rules.ts";
import { DAY_MS } from "#app/domain/time.ts";
import {
  ATTENTION_DEFAULTS,
  trainAttention,
  type AttentionFit,
} from "#app/learning/attention/session-attention.ts";
import { fitSessionLinear } from "./session-linear.ts";

/** Fewer views and a Transformer is noise. */
const MIN_TRANSFORMER_VIEWS = 2_000;
/** Epochs on all sessions after the one that stopped early: nothing tells when it is enough. */
const CONTINUING_EPOCHS = 2;

interface SourcesRun {
  readonly seed: number;
  /** Later sessions that tell the Transformer when to stop. */
  readonly heldOut?: Sessions;
  /** A Transformer trained on a part of these sessions, to go on from. */
  readonly start?: AttentionWeights;
  readonly onProgress?: (ratio: number) => void;
  readonly signal?: AbortSignal;
}

export interface FittedSessions {
  readonly sources: SessionSources;
  readonly transformer: AttentionFit | null;
  /** Time that each of them took, ms. */
  readonly fitMs: { readonly linear: number; readonly transformer: number };
}

/**
 * Fits every method that the session network reads, all on the same sessions.
 *
 * @throws DOMException AbortError when aborted; no tensor stays behind
 */
export async function fitSessionSources(
  sessions: Sessions,
  { seed, heldOut, start, onProgress = () => {}, signal }: SourcesRun,
): Promise<FittedSessions> {
  const abortable = signal ? { signal } : {};
  const startedMs = performance.now();
  const linear = await fitSessionLinear(sessions, undefined, {
    ...abortable,
    onProgress: (ratio) => onProgress(0.2 * ratio),
  });
  const linearMs = performance.now() - startedMs;
  const views = sessions.offsets.at(-1)! - sessions.offsets[0]!;
  const settings = heldOut ? ATTENTION_DEFAULTS : { ...ATTENTION_DEFAULTS, maxEpochs: CONTINUING_EPOCHS };
  const transformer =
    views < MIN_TRANSFORMER_VIEWS || (!heldOut && !start)
      ? null
      : await trainAttention(sessions, heldOut ?? null, settings, {
          seed,
          ...(start ? { start } : {}),
          ...abortable,
          onProgress: (ratio) => onProgress(0.2 + 0.8 * ratio),
        });
  return {
    sources: {
      items: sessions.items,
      neighbours: openSessionNeighbours(sessions),
      linear: openSessionLinear(linear),
      transformer: transformer ? openAttention(transformer.weights) : null,
      rules: countSequentialRules(sessions),
      pairs: countSessionPairs(sessions),
      viewsOfDays: countRecentViews(sessions, DAY_MS / 2),
      viewsOfMonth: countRecentViews(sessions, 15 * DAY_MS),
    },
    transformer,
    fitMs: {
      linear: Math.round(linearMs),
      transformer: Math.round(performance.now() - startedMs - linearMs),
    },
  };
}

export const SIMPLE_SESSION_NAMES = [
  "popular looks",
  "pair counts",
  "sequential rules",
  "session neighbours",
  "session linear",
  "session blend",
] as const;
export type SimpleSessionName = (typeof SIMPLE_SESSION_NAMES)[number];

/** One of the methods without the network as a model. */
export function openSimpleSession(name: SimpleSessionName, sources: SessionSources): SessionModel {
  switch (name) {
    case "popular looks":
      return { name, score: (_query, into) => into.set(sources.viewsOfDays) };
    case "pair counts":
      return openRuleModel(name, sources.pairs);
    case "sequential rules":
      return openRuleModel(name, sources.rules);
    case "session neighbours":
      return sources.neighbours;
    case "session linear":
      return sources.linear;
    case "session blend":
      return openSessionBlend(sources);
  }
}

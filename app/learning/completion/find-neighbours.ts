import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { rankItems } from "#app/domain/behaviour/choice/rank-items.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import type { RankingModel } from "./behaviour-candidates.ts";
import { pause } from "#app/learning/pause.ts";

/**
 * Asks a model for the partners of every eligible item, each alone and as a guest's.
 *
 * @param options.count partners listed of each item; 0 gives an empty list
 * @returns strengths relative to the item's best partner, falling to 0 at the weakest listed
 * @throws DOMException AbortError when aborted
 */
export async function findNeighbours(
  model: RankingModel,
  { items, cutoffMs }: FeatureSources,
  eligible: readonly number[],
  options: { count: number; signal?: AbortSignal; onProgress?: (ratio: number) => void },
): Promise<Neighbours> {
  const { count, signal, onProgress } = options;
  const partner = new Int32Array(items.length * count).fill(-1);
  const strength = new Float32Array(items.length * count);
  if (count === 0) return { partner, strength, count };
  const scores = new Float32Array(items.length);
  for (const [done, item] of eligible.entries()) {
    const query = { basket: [item], atMs: cutoffMs, history: [] };
    // One more than listed: the first that is left out is where strengths are 0.
    const ranked = rankItems(model, query, {
      eligible,
      items: items.length,
      k: count + 1,
      isExplore: false,
      scores,
    });
    const highest = scores[ranked[0] ?? item]!;
    const lowest = scores[ranked.at(-1) ?? item]!;
    ranked.slice(0, count).forEach((other, place) => {
      partner[item * count + place] = other;
      const span = highest - lowest;
      strength[item * count + place] = span > 0 ? (scores[other]! - lowest) / span : 1;
    });
    if (done % 64 === 0) {
      onProgress?.(done / eligible.length);
      await pause(signal);
    }
  }
  return { partner, strength, count };
}

import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import type { ItemLinks } from "#app/domain/behaviour/item-links.ts";

/** Features that go with no method of their own, by the beginning of their names. */
const FEATURES_OF: Readonly<Record<string, readonly string[]>> = {
  backward: ["ease_back", "confidence_back", "cosine", "company"],
  "basket features": ["basket_ease", "basket_text", "basket_sales", "basket_age", "basket_idle"],
  repeats: ["repeat", "habit"],
  season: ["season"],
  codes: ["code_gap", "history_code_gap"],
  "customer history": ["history", "bought", "has_history", "repeat", "habit"],
};

/**
 * Fitted sources as if some parts did not exist, so that a benchmark can say what each is worth: a method of
 * `listSimpleNames` or a key of `FEATURES_OF`. Other names change nothing here.
 *
 * @param without names of parts
 */
export function leaveOut(sources: FeatureSources, without: ReadonlySet<string>): FeatureSources {
  const items = sources.items.length;
  const none: ItemLinks = {
    offsets: new Uint32Array(items + 1),
    partner: new Int32Array(),
    weight: new Float32Array(),
  };
  const { pairs, backward, ease } = sources;
  return {
    ...sources,
    pairs: {
      ...pairs,
      ...(without.has("rp3beta") ? { walk: none } : {}),
      ...(without.has("confidence") ? { confidence: none } : {}),
    },
    ...(without.has("ease")
      ? {
          ease: { ...ease, items: new Int32Array(), rowOf: new Int32Array(items).fill(-1), tail: none },
          easeLinks: none,
        }
      : {}),
    backward: {
      ...backward,
      ...(without.has("ease") ? { easeTail: none } : {}),
      ...(without.has("confidence") ? { confidence: none, cosine: none } : {}),
    },
    ...(without.has("text") ? { text: none } : {}),
    ...(without.has("basket neighbours") ? { addNeighbours: () => {} } : {}),
    hidden: [...without].flatMap((part) => FEATURES_OF[part] ?? []),
  };
}

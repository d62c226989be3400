import type { SessionModel } from "./session-model.ts";

/** A linear map from the looks of a session to the next one, over the items looked at often enough. */
export interface SessionWeights {
  /** [rows] item of each row, ascending. */
  readonly items: Int32Array;
  /** [all items] row of an item, -1 without one. */
  readonly rowOf: Int32Array;
  /** [rows × rows] row-major, from the look to the next one; the diagonal tells of looks back. */
  readonly weights: Float32Array;
}

/** Looks before the last that say anything; older ones weigh less than e^-15. */
const REACH = 16;

/**
 * The map as a model: `Σ e^(−k/1.5) · B[look k]`, k looks before the last.
 *
 * @see Choi et al. 2021, "Session-aware Linear Item-Item Models" (SLIST), prediction
 */
export function openSessionLinear({ items, rowOf, weights }: SessionWeights): SessionModel {
  const rows = items.length;
  const sums = new Float32Array(rows);
  return {
    name: "session linear",
    score({ looks }, into) {
      sums.fill(0);
      for (let back = 0; back < Math.min(REACH, looks.length); back++) {
        const row = rowOf[looks[looks.length - 1 - back]!]!;
        if (row < 0) continue;
        const factor = Math.exp(-back / LOOK_SCALE);
        for (let column = 0, at = row * rows; column < rows; column++, at++) {
          sums[column]! += factor * weights[at]!;
        }
      }
      into.fill(0);
      items.forEach((item, row) => (into[item] = Math.max(0, sums[row]!)));
    },
  };
}

/** Looks after which a look weighs 1/e. */
const LOOK_SCALE = 1.5;

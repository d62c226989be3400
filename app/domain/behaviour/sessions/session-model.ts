/** A visitor in mid-session: what was viewed so far, and when the last view was. */
export interface SessionQuery {
  /** Item indices in order of time, the newest last; at least one. */
  readonly views: ArrayLike<number>;
  readonly atMs: number;
}

/** A model of what a visitor looks at next. Scores rank items for one query; a score of 0 or less is no guess. */
export interface SessionModel {
  readonly name: string;
  /** @param into [items] receives one score an item. The session's own items are not left out. */
  score(query: SessionQuery, into: Float32Array): void;
}

/** How well one model told the next view of later sessions; all figures 0 to 1. */
export interface SessionMetrics {
  /** Hit rate and mean reciprocal rank at 20 of every view but a session's first, a view back included. */
  readonly hr20: number;
  readonly mrr20: number;
  /** The same where the next view is the session's first at that product, products seen already left out. */
  readonly newHr20: number;
  readonly newMrr20: number;
}

/** A linear map from the views of a session to the next one, over the items viewed often enough. */
export interface SessionWeights {
  /** [rows] item of each row, ascending. */
  readonly items: Int32Array;
  /** [all items] row of an item, -1 without one. */
  readonly rowOf: Int32Array;
  /** [rows × rows] row-major, from the view to the next one; the diagonal tells of views back. */
  readonly weights: Float32Array;
}

/** Views before the last that say anything; older ones weigh less than e^-15. */
const REACH = 16;

/**
 * The map as a model: `Σ e^(−k/1.5) · B[view k]`, k views before the last.
 *
 * @see Choi et al. 2021, "Session-aware Linear Item-Item Models" (SLIST), prediction
 */
export function openSessionLinear({ items, rowOf, weights }: SessionWeights): SessionModel {
  const rows = items.length;
  const sums = new Float32Array(rows);
  return {
    name: "session linear",
    score({ views }, into) {
      sums.fill(0);
      for (let back = 0; back < Math.min(REACH, views.length); back++) {
        const row = rowOf[views[views.length - 1 - back]!]!;
        if (row < 0) continue;
        const factor = Math.exp(-back / VIEW_SCALE);
        for (let column = 0, at = row * rows; column < rows; column++, at++) {
          sums[column]! += factor * weights[at]!;
        }
      }
      into.fill(0);
      items.forEach((item, row) => (into[item] = Math.max(0, sums[row]!)));
    },
  };
}

/** Views after which a view weighs 1/e. */
const VIEW_SCALE = 1.5;

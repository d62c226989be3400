/** A visitor in mid-session: what was looked at so far, and when the last look was. */
export interface SessionQuery {
  /** Item indices in order of time, the newest last; at least one. */
  readonly looks: ArrayLike<number>;
  readonly atMs: number;
}

/** A model of what a visitor looks at next. Scores rank items for one query; a score of 0 or less is no guess. */
export interface SessionModel {
  readonly name: string;
  /** @param into [items] receives one score an item. The session's own items are not left out. */
  score(query: SessionQuery, into: Float32Array): void;
}

/** How well one model told the next look of later sessions; all figures 0 to 1. */
export interface SessionMetrics {
  /** Hit rate and mean reciprocal rank at 20 of every look but a session's first, a look back included. */
  readonly hr20: number;
  readonly mrr20: number;
  /** The same where the next look is the session's first at that product, products seen already left out. */
  readonly newHr20: number;
  readonly newMrr20: number;
}

/** An expected outcome: the value, or a named reason why there is none. Bugs throw instead. */
export type Result<T, R extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: R; readonly detail?: string };

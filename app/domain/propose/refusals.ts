import type { Refusal } from "#app/domain/propose/bundle-proposal.ts";
import type { RefusalMessage } from "#app/domain/propose/propose-messages.ts";

/** Examples kept of each reason; a merchant reads a few, the counts say the rest. */
const EXAMPLES = 20;

export interface RefusalLog {
  /** Notes a combination; the examples kept are those with the most orders. */
  add(kind: string, components: readonly number[], orders: number, reason: RefusalMessage): void;
  /** Most ordered first. */
  list(): Refusal[];
}

interface Entry {
  readonly components: readonly number[];
  readonly orders: number;
  readonly reason: RefusalMessage;
}

export function openRefusals(): RefusalLog {
  const kinds = new Map<string, Entry[]>();
  return {
    add(kind, components, orders, reason) {
      const entries = kinds.get(kind) ?? [];
      kinds.set(kind, entries);
      if (entries.length === EXAMPLES && orders <= entries[EXAMPLES - 1]!.orders) return;
      entries.push({ components, orders, reason });
      entries.sort((a, b) => b.orders - a.orders);
      entries.length = Math.min(entries.length, EXAMPLES);
    },
    list() {
      return [...kinds.values()]
        .flat()
        .sort((a, b) => b.orders - a.orders)
        .map(({ components, reason }) => ({ components, reason }));
    },
  };
}

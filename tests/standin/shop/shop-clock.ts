import { randomUUID } from "node:crypto";
import type { ShopEvent } from "./shop-records.ts";

/** Issues ids, gives the time and forwards events: the shared base of every part of the shop. */
export class ShopClock {
  readonly now: () => number;
  readonly #counts = new Map<string, number>();
  readonly #listeners = new Set<(event: ShopEvent) => void>();

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** The next gid of a type. Numbers increase by one, so two shops filled the same way have the same ids. */
  nextGid(type: string): string {
    const count = (this.#counts.get(type) ?? 0) + 1;
    this.#counts.set(type, count);
    return `gid://shopify/${type}/${FIRST_ID + count}`;
  }

  /** Calls `listener` for every event from now on; the returned function unsubscribes it. */
  subscribe(listener: (event: ShopEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notifies the listeners of events from one action; they share an event id. */
  emit(...happened: { topic: string; payload: Record<string, unknown> }[]): void {
    const eventId = randomUUID();
    const triggeredAtMs = this.now();
    for (const { topic, payload } of happened) {
      for (const listener of this.#listeners) listener({ topic, payload, eventId, triggeredAtMs });
    }
  }
}

/** As large as Shopify's ids today, and still exact as a JSON number. */
const FIRST_ID = 9_100_000_000_000;

/** The numeric part of a gid, as in REST payloads. */
export function legacyId(gid: string): number {
  const digits = /\/(\d+)(?:\?|$)/.exec(gid)?.[1];
  if (digits === undefined) throw new Error(`a gid without a number: ${gid}`);
  return Number(digits);
}

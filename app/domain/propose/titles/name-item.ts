import type { Item } from "#app/domain/prepare/baskets.ts";
import { readable } from "./title-likeness.ts";

/** What a sentence calls an item: its title, or its key where it has none. */
export function nameOf(items: readonly Item[], item: number): string {
  return readable(items[item]!.title || items[item]!.key);
}

import type { Item } from "#app/domain/prepare/baskets.ts";
import { readable } from "#app/domain/propose/title-likeness.ts";

/** How many times as much, for a sentence: one decimal, none from a hundred on. */
export function writeTimes(value: number): string {
  return value >= 99.5 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
}

/** A whole number, for a sentence. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Whole from 10 on, one decimal below. */
export function about(value: number): string {
  return value >= 9.95 ? count(value) : value.toFixed(1);
}

/** What a sentence calls an item: its title, or its key where it has none. */
export function nameOf(items: readonly Item[], item: number): string {
  return readable(items[item]!.title || items[item]!.key);
}

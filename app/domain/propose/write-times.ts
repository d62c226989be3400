/** How many times as much, for a sentence: one decimal, none from a hundred on. */
export function writeTimes(value: number): string {
  return value >= 99.5 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
}

/** The text for LIKE: what PostgreSQL would take for any letters is a letter like all others to a merchant. */
export function toLiteralPattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}

/** Constants of the app's own as the list behind an SQL `IN`: `'approved', 'published'`. Never for what anybody typed. */
export function toSqlList(constants: readonly string[]): string {
  return constants.map((constant) => `'${constant.replaceAll("'", "''")}'`).join(", ");
}

/** A row as the app works with it: every amount was a safe integer when it was written, so a number holds it exactly. */
export type InNumbers<T> = {
  [K in keyof T]: T[K] extends bigint ? number : T[K] extends bigint | null ? number | null : T[K];
};

/** A row whose columns of 64 bits, which are money, are numbers instead of the bigints that Prisma reads. */
export function inNumbers<T extends object>(row: T): InNumbers<T> {
  const numbers = { ...row } as Record<string, unknown>;
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "bigint") numbers[name] = Number(value);
  }
  return numbers as InNumbers<T>;
}

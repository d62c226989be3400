/** Constants of the app's own as the list behind an SQL `IN`: `'approved', 'published'`. Never for what anybody typed. */
export function toSqlList(constants: readonly string[]): string {
  return constants.map((constant) => `'${constant.replaceAll("'", "''")}'`).join(", ");
}

/** The text for LIKE: what PostgreSQL would take for any letters is a letter like all others to a merchant. */
export function toLiteralPattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}

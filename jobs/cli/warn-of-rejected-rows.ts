import type { CommandContext } from "./command-line.ts";

const SHOWN = 5;

/** Says on stderr how many rows of a file were not used, and where the first ones are; nothing when all were. */
export function warnOfRejectedRows(
  { warn }: Pick<CommandContext, "warn">,
  path: string,
  {
    rejectedCount,
    rejected,
  }: { rejectedCount: number; rejected: readonly { readonly line: number; readonly reason: string }[] },
): void {
  if (rejectedCount === 0) return;
  const shown = rejected.slice(0, SHOWN).map(({ line, reason }) => `line ${line}: ${reason}`);
  const more = rejectedCount > shown.length ? "; …" : "";
  warn(`${path}: ${rejectedCount} rows not used (${shown.join("; ")}${more})`);
}

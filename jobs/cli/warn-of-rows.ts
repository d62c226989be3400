import type { CommandContext } from "./command-line.ts";

const SHOWN = 5;

interface ToldRow {
  readonly line: number;
  readonly reason: string;
}

/** What was noticed while a file was read. */
interface ReadRows {
  readonly rejectedCount: number;
  readonly rejected: readonly ToldRow[];
  /** Rows used without a value of theirs. */
  readonly flawedCount?: number;
  readonly flawed?: readonly ToldRow[];
  readonly garbledCount?: number;
  readonly garbledLine?: number;
}

/**
 * Says on stderr, a line each, how many rows of a file were not used, were used in part, or are not UTF-8, and where the
 * first ones are; nothing when all is well.
 */
export function warnOfRows(
  { warn }: Pick<CommandContext, "warn">,
  path: string,
  { rejectedCount, rejected, flawedCount = 0, flawed = [], garbledCount = 0, garbledLine = 0 }: ReadRows,
): void {
  if (rejectedCount > 0) warn(`${path}: ${rejectedCount} rows not used (${show(rejected, rejectedCount)})`);
  if (flawedCount > 0)
    warn(
      `${path}: ${flawedCount} rows used without a value that cannot be read (${show(flawed, flawedCount)})`,
    );
  if (garbledCount > 0)
    warn(
      `${path}: ${garbledCount} rows are not UTF-8 (the first is line ${garbledLine}): ` +
        "what could not be read stands as \uFFFD, and SKUs that differ only there are taken for one",
    );
}

function show(rows: readonly ToldRow[], count: number): string {
  const shown = rows.slice(0, SHOWN).map(({ line, reason }) => `line ${line}: ${reason}`);
  return `${shown.join("; ")}${count > shown.length ? "; …" : ""}`;
}

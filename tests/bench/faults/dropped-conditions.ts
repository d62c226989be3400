import type ts from "typescript";
import { readSources } from "#tests/setup/statements/source-tree.ts";
import { listShopFields } from "#tests/setup/statements/written-filters.ts";
import { readWhole } from "#tests/bench/bench-data.ts";
import { proveFaultsFound, type SourceFault } from "./source-faults.ts";

/**
 * Drops every condition that binds a table to the shop, and every check of a right, one at a time, and runs the tests
 * that must notice. `--only-kind sql|filter|right` drops those of one kind; `--limit N` drops this many of each kind,
 * spread over all of them.
 */
const SQL_CONDITION = /(?:"?\b\w+"?\.)?"?\bshop\b"? = (?:\$\d+|\$\{[\w.]+\}|"?\w+"?\."?shop\b"?)/g;
const RIGHT_CHECK = /if \(refusal !== null\)/g;
const SOURCE_TESTS = ["tests/unit/shops-apart/source-bound.test.ts"];
const RIGHT_TESTS = ["tests/integration/pages/rights.test.ts"];

interface Place {
  readonly file: ts.SourceFile;
  readonly start: number;
  readonly end: number;
}

/** Replaces the text of the place. The search text is widened until the file contains it once. */
function toFault({ file, start, end }: Place, replace: string): SourceFault {
  let [from, to] = [start, end];
  while (file.text.split(file.text.slice(from, to)).length > 2) {
    from = Math.max(0, from - 20);
    to = Math.min(file.text.length, to + 20);
  }
  const path = file.fileName.slice(`${process.cwd()}/`.length);
  const { line } = file.getLineAndCharacterOfPosition(start);
  return {
    name: `${path}:${line + 1} ${file.text.slice(start, end)}`,
    file: path,
    find: file.text.slice(from, to),
    replace: file.text.slice(from, start) + replace + file.text.slice(end, to),
  };
}

function findAll(pattern: string, wanted: RegExp): Place[] {
  return readSources(pattern).flatMap((file) =>
    [...file.text.matchAll(wanted)].map(({ index, 0: found }) => ({
      file,
      start: index,
      end: index + found.length,
    })),
  );
}

/** A field is removed with the comma after it. */
function toFieldPlace(node: ts.Node): Place {
  const file = node.getSourceFile();
  const comma = /^\s*,/.exec(file.text.slice(node.end));
  return { file, start: node.getStart(), end: node.end + (comma?.[0].length ?? 0) };
}

const KINDS: Readonly<
  Record<string, { readonly faults: () => SourceFault[]; readonly tests: readonly string[] }>
> = {
  sql: {
    faults: () => findAll("app/**/*.ts", SQL_CONDITION).map((place) => toFault(place, "true")),
    tests: SOURCE_TESTS,
  },
  filter: {
    faults: () => listShopFields("app/**/*.ts").map((node) => toFault(toFieldPlace(node), "")),
    tests: SOURCE_TESTS,
  },
  right: {
    faults: () =>
      findAll("app/routes/**/*.{ts,tsx}", RIGHT_CHECK).map((place) => toFault(place, "if (false)")),
    tests: RIGHT_TESTS,
  },
};

const onlyAt = process.argv.indexOf("--only-kind");
const kinds = onlyAt < 0 ? Object.keys(KINDS) : [process.argv[onlyAt + 1] ?? ""];
const limit = readWhole("--limit", Number.MAX_SAFE_INTEGER);
for (const kind of kinds) {
  const { faults, tests } = KINDS[kind] ?? unknownKind(kind);
  const all = faults();
  const every = Math.ceil(all.length / limit);
  const some = all.filter((_, index) => index % every === 0);
  if (!proveFaultsFound(`dropped ${kind}`, some, tests)) process.exitCode = 1;
}

function unknownKind(kind: string): never {
  console.error(`--only-kind: unknown kind ${kind}; expected one of ${Object.keys(KINDS).join(", ")}`);
  process.exit(2);
}

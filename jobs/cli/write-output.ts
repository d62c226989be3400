import { randomUUID } from "node:crypto";
import { constants, fstatSync, type Stats } from "node:fs";
import { access, open, readlink, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { inputError, isSystemError } from "#app/process/errors.ts";
import { pipeline } from "node:stream/promises";

/** Where a result goes, by the flag and the path that were given. */
export interface Output {
  readonly flag: string;
  readonly path: string;
  /** A device or a pipe is written to as it is; a file is replaced as a whole. */
  readonly kind: "stdout" | "straight" | "file";
  /** Of a file: its real path, so that a link goes on pointing to it. */
  readonly target: string;
  /** What stands there now; null when nothing does. */
  readonly found: Stats | null;
}

/** Bytes handed on at once: a line at a time would cost more than the lines. */
const BLOCK_CHARS = 1 << 16;

/**
 * Finds out where a result will go, before the work for it is done.
 *
 * @throws AppError input_invalid when nothing can be written there
 */
export async function findOutput(flag: string, path: string): Promise<Output> {
  return orExplain({ flag, path }, async () => {
    const found = await statOrNull(path);
    if (found !== null && isSameFile(found, fstatSync(1)))
      return { flag, path, kind: "stdout", target: path, found };
    if (found?.isDirectory() || path.endsWith("/"))
      throw inputError(`${flag}: ${path} is a folder, a file was expected`);
    if (found?.isSocket()) throw inputError(`${flag}: ${path} is a socket, a file was expected`);
    if (found) await access(path, constants.W_OK);
    if (found && !found.isFile()) return { flag, path, kind: "straight", target: path, found };
    const target = await toRealPath(path);
    await access(dirname(target), constants.W_OK | constants.X_OK);
    return { flag, path, kind: "file", target, found };
  });
}

/**
 * @param inputs paths by the flag that gave them
 * @throws AppError input_invalid when a file that is to be written is also read, or written twice
 */
export async function refuseOverlap(
  inputs: readonly { readonly flag: string; readonly path: string }[],
  outputs: readonly Output[],
): Promise<void> {
  const files = outputs.filter(({ kind }) => kind === "file");
  for (const [at, { flag, path, target, found }] of files.entries()) {
    const twin = files.slice(0, at).find((other) => other.target === target);
    if (twin) throw inputError(`${flag}: ${path} is also what ${twin.flag} writes`);
    for (const input of inputs) {
      if (found && isSameFile(found, await stat(input.path)))
        throw inputError(`${flag}: ${path} is also what ${input.flag} reads, and would be lost`);
    }
  }
}

/**
 * Writes a command's results, all or none: to files by way of temporary ones beside them, so that a reader never finds
 * half of one and a failure leaves what was there; to stdout without an output. A reader that has seen enough, as `head`
 * does, ends the writing in peace.
 *
 * @throws AppError input_invalid when one cannot be written
 */
export async function writeOutputs(
  results: readonly { readonly output: Output | undefined; readonly chunks: Iterable<string> }[],
): Promise<void> {
  const staged: { output: Output; temporaryPath: string }[] = [];
  try {
    for (const { output, chunks } of results) {
      if (output?.kind !== "file") continue;
      const temporaryPath = `${output.target}.${randomUUID().slice(0, 8)}.tmp`;
      staged.push({ output, temporaryPath });
      await orExplain(output, async () => writeTo(await open(temporaryPath, "wx"), chunks, output.found));
    }
    for (const { output, chunks } of results) {
      if (output?.kind === "file") continue;
      const to = output ?? { flag: "stdout", path: "the result" };
      await orExplain(to, () =>
        untilReaderLeaves(async () =>
          output?.kind === "straight" ? writeTo(await open(output.path, "w"), chunks) : writeToStdout(chunks),
        ),
      );
    }
    for (const { output, temporaryPath } of staged)
      await orExplain(output, () => rename(temporaryPath, output.target));
  } catch (error) {
    for (const { temporaryPath } of staged) await rm(temporaryPath, { force: true });
    throw error;
  }
}

/** Writes to a file and closes it, with the rights of the one that it will replace, if any. */
async function writeTo(
  file: FileHandle,
  chunks: Iterable<string>,
  model: Stats | null = null,
): Promise<void> {
  try {
    if (model) {
      // Only root may give a file to somebody else, and must: they could not read their own file any more.
      if (process.getuid?.() === 0) await file.chown(model.uid, model.gid);
      await file.chmod(model.mode & 0o7777);
    }
    await pipeline(inBlocks(chunks), file.createWriteStream());
  } finally {
    await file.close();
  }
}

async function writeToStdout(chunks: Iterable<string>): Promise<void> {
  const { stdout } = process;
  // The write's own callback tells of it; without a listener the process would end on it besides.
  stdout.on("error", () => {});
  for (const block of inBlocks(chunks)) {
    await new Promise<void>((done, fail) => {
      stdout.write(block, (error) => (error ? fail(error) : done()));
    });
  }
}

async function untilReaderLeaves(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isSystemError(error) || error.code !== "EPIPE") throw error;
  }
}

function* inBlocks(chunks: Iterable<string>): Generator<string> {
  let block = "";
  for (const chunk of chunks) {
    block += chunk;
    if (block.length < BLOCK_CHARS) continue;
    yield block;
    block = "";
  }
  if (block !== "") yield block;
}

async function orExplain<T>(
  { flag, path }: Pick<Output, "flag" | "path">,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw inputError(`${flag}: cannot write ${path}: ${error.message}`, error);
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}

/** The path without links; of a file that is not there, where it would come to be. */
async function toRealPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ENOENT") throw error;
  }
  const folder = await realpath(dirname(resolve(path)));
  const own = join(folder, basename(path));
  try {
    return await toRealPath(resolve(folder, await readlink(own)));
  } catch (error) {
    // There is no link, only a name that is free.
    if (isSystemError(error) && error.syscall === "readlink") return own;
    throw error;
  }
}

function isSameFile(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

import { randomUUID } from "node:crypto";
import { constants, fstatSync, type Stats } from "node:fs";
import { access, open, readlink, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { inputError, isSystemError } from "#app/process/errors.ts";
import { pipeline } from "node:stream/promises";

export interface Output {
  readonly flag: string;
  readonly path: string;
  /** Writes directly to a device or pipe; replaces a file as a whole. */
  readonly kind: "stdout" | "straight" | "file";
  /** For a file, its real path, so that a symbolic link keeps pointing to it. */
  readonly target: string;
  /** Stats of the existing file; null if there is none. */
  readonly found: Stats | null;
}

/** Characters per write: writing line by line is slow. */
const BLOCK_CHARS = 1 << 16;

/**
 * Resolves the destination of a result before the command does its work.
 *
 * @throws AppError input_invalid if it is not writable
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
 * Refuses a file that is both written and read, or written twice.
 *
 * @param inputs paths with the flags that gave them
 * @throws AppError input_invalid
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
 * Writes the results of a command, all or none. Files are written to temporary files next to them and then renamed, so
 * a reader never sees half a file and a failure keeps the old content. Without an output, writes to stdout. A reader
 * that closes the pipe early, such as `head`, is no error.
 *
 * @throws AppError input_invalid if a result cannot be written
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

/** Writes a file and closes it, with the permissions of the file that it replaces, if any. */
async function writeTo(
  file: FileHandle,
  chunks: Iterable<string>,
  model: Stats | null = null,
): Promise<void> {
  try {
    if (model) {
      // Only root can change the owner, and has to: otherwise the owner could no longer read the file.
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
  // The callback of the write reports errors. Without a listener the event would also end the process.
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

/** The path without symbolic links. For a missing file, the path that would be created. */
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
    // The name is free, not a symbolic link.
    if (isSystemError(error) && error.syscall === "readlink") return own;
    throw error;
  }
}

function isSameFile(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

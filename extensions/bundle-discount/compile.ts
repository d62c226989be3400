import asc from "assemblyscript/asc";

/**
 * Compiles the AssemblyScript of a Function. It uses only WebAssembly 1.0 instructions and no runtime, so that metering
 * is exact and the module small. The compiler is a dependency of this extension only.
 *
 * @param folder with `index.ts`
 * @throws Error with the first compiler errors
 */
export async function compileAssembly(folder: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      ...["index.ts", "--baseDir", folder, "-o", "function.wasm"],
      ...["-O3", "--noAssert", "--runtime", "stub", "--use", "abort="],
      ...["bulk-memory", "sign-extension", "nontrapping-f2i", "mutable-globals"].flatMap((f) => [
        "--disable",
        f,
      ]),
    ],
    {
      writeFile: (_name: string, contents: string | Uint8Array) => {
        if (contents instanceof Uint8Array) wasm = contents;
      },
    },
  );
  if (error || wasm === undefined) {
    throw new Error(`bundle-discount: ${error?.message ?? "no output"}\n${stderr.toString()}`);
  }
  return wasm;
}

export { default as binaryen } from "binaryen";

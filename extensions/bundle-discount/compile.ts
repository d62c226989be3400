import asc from "assemblyscript/asc";

/**
 * Compiles a Function's AssemblyScript. Only instructions of WebAssembly 1.0 and no runtime: the module then meters
 * exactly and stays small. The compiler is a package of this extension alone, whose own folder holds it.
 *
 * @param folder with `index.ts`
 * @throws Error with the compiler's first complaints
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

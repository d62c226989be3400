import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { RequestHandler } from "express";

const CONTENT_TYPE: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
const compressors = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};
type Encoding = keyof typeof compressors;

/**
 * Answers requests for scripts and styles of the build with Brotli or gzip, each compressed once per process, at its
 * first request. What it does not know it leaves to the next handler, uncompressed.
 *
 * @param folder the build's assets, whose names carry a hash of their content: read once, kept for good
 * @param cacheControl sent with each
 */
export function compressedAssets(folder: string, cacheControl: string): RequestHandler {
  // Only names listed here are ever opened, so no address can lead out of the folder.
  const names = new Set(readdirSync(folder).filter((name) => extname(name) in CONTENT_TYPE));
  const kept = new Map<string, Promise<Buffer>>();
  const read = (name: string, encoding: Encoding) => {
    const key = `${encoding} ${name}`;
    const body = kept.get(key) ?? readFile(join(folder, name)).then(compressors[encoding]);
    kept.set(key, body);
    return body;
  };
  return (request, response, next) => {
    const name = request.path.slice(1);
    const encoding = request.acceptsEncodings(["br", "gzip", "identity"]);
    if (!names.has(name)) return next();
    response.vary("Accept-Encoding");
    if (encoding !== "br" && encoding !== "gzip") return next();
    read(name, encoding).then((body) => {
      response.set({
        "Cache-Control": cacheControl,
        "Content-Encoding": encoding,
        "Content-Type": CONTENT_TYPE[extname(name)]!,
      });
      response.send(body);
    }, next);
  };
}

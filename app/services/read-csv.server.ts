import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { open, stat } from "node:fs/promises";
import { Transform, Writable, type Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { AppError } from "#app/errors.ts";

export interface CsvReading {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the share of the file that is read, 0 to 1. */
  readonly onProgress?: ((ratio: number) => void) | undefined;
}

/** A row that has another number of cells than the header is handed on as it is; `line` counts from 1. */
type CsvRow = (cells: string[], line: number) => void;

const MOST_ROW_BYTES = 1 << 20;
/** In words, what the parser's codes mean. */
const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
  CSV_MAX_RECORD_SIZE: "a row of more than 1 MiB; most likely a quote is opened and never closed",
};

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * Streams a CSV file, plain or gzip (told by its first bytes, not by its name), row by row.
 *
 * @throws AppError input_invalid with file and line when it is no CSV: unclosed quotes, binary, damaged gzip
 */
export async function readCsv(path: string, onRow: CsvRow, options: CsvReading = {}): Promise<void> {
  const [{ size }, isGzip] = await Promise.all([stat(path), hasGzipMagic(path)]);
  let bytesRead = 0;
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  file.on("data", (chunk) => {
    bytesRead += chunk.length;
    options.onProgress?.(bytesRead / size);
  });
  await readCsvStream(file, { name: path, isGzip }, onRow, options.signal);
}

/**
 * Streams a CSV body row by row.
 *
 * @param source.name said in errors
 * @throws AppError input_invalid, as `readCsv`
 */
async function readCsvStream(
  stream: Readable,
  source: { readonly name: string; readonly isGzip: boolean },
  onRow: CsvRow,
  signal?: AbortSignal,
): Promise<void> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    // Titles hold inch marks: a quote inside an unquoted cell is a character.
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
    on_record: (cells: string[], { lines }) => {
      onRow(cells, lines);
      return null;
    },
  });
  const nothing = new Writable({ objectMode: true, write: (_row, _encoding, done) => done() });
  const options = signal ? { signal } : {};
  try {
    await (source.isGzip
      ? pipeline(stream, createGunzip(), refuseBinary(), parser, nothing, options)
      : pipeline(stream, refuseBinary(), parser, nothing, options));
  } catch (error) {
    throw explain(source.name, error);
  }
}

async function hasGzipMagic(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.equals(GZIP_MAGIC);
  } finally {
    await file.close();
  }
}

/** A text has no zero bytes; a spreadsheet or an image taken for a CSV has one soon. */
function refuseBinary(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (chunk.includes(0)) done(new AppError("input_invalid", "binary data, text was expected", false));
      else done(null, chunk);
    },
  });
}

function explain(name: string, error: unknown): unknown {
  if (error instanceof CsvError) {
    const line = "lines" in error ? ` line ${String(error["lines"])}` : "";
    const reason = REASONS[error.code] ?? error.message;
    return new AppError("input_invalid", `${name}${line}: ${reason}`, false, { cause: error });
  }
  if (error instanceof AppError) {
    return new AppError("input_invalid", `${name}: ${error.message}`, false, { cause: error });
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_") || code === "ERR_ZLIB") {
    return new AppError("input_invalid", `${name}: the gzip data is damaged or cut off`, false, {
      cause: error,
    });
  }
  return error;
}

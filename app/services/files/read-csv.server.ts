import { open } from "node:fs/promises";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse";
import type { FileMessage, RowMessage } from "#app/domain/collect/collect-messages.ts";
import { AppError, inputError } from "#app/process/errors.ts";
import { openEnglishWriting } from "#app/locales/english.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import { FileRefused, refuseFile } from "./file-refused.ts";

export interface CsvReading {
  readonly signal?: AbortSignal | undefined;
  /** Called from time to time with the share read, 0 to 1; never for a pipe, whose size is unknown. */
  readonly onProgress?: ((ratio: number) => void) | undefined;
  /** For an untrusted file; no limits if absent. */
  readonly limits?: CsvLimits | undefined;
}

interface SizedReading extends CsvReading {
  /** Total bytes; 0 if unknown. */
  readonly size?: number;
}

interface CsvLimits {
  readonly rows: number;
  /** Rows whose number of cells differs from the header's: the parser takes thirty times as long for each. */
  readonly unevenRows: number;
  /** Bytes after decompression. */
  readonly bytes: number;
  /** Highest compression ratio. */
  readonly ratio: number;
}

/** Below this size no ratio is suspicious: a small file of similar rows compresses well. */
const FREE_UNPACKED_BYTES = 1 << 19;
/** The parser is synchronous: other work runs between two pieces of this size. */
const PIECE_BYTES = 1 << 16;

/**
 * Receives a row as it is, even if its number of cells differs from the header's.
 *
 * @param line first line of the row, counted from 1
 * @param lineCount number of lines; more than one if a quoted cell has line breaks
 */
type CsvRow = (cells: string[], line: number, lineCount: number) => void;

const MOST_ROW_BYTES = 1 << 20;
/** An address or a note has a few lines. */
const MOST_ROW_LINES = 50;
/** The parser's error codes, as codes and texts of the app. */
const REASONS: Readonly<Record<string, { code: "file.openQuote" | "file.longRow"; text: string }>> = {
  CSV_QUOTE_NOT_CLOSED: { code: "file.openQuote", text: "a quote is opened and never closed" },
  CSV_MAX_RECORD_SIZE: {
    code: "file.longRow",
    text: "a row of more than 1 MiB; most likely a quote is opened and never closed",
  },
};

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** The path of a file or pipe, or a stream of bytes. */
export type CsvSource = string | AsyncIterable<Uint8Array>;

/** Name of the source in messages. */
export function nameOf(source: CsvSource): string {
  return typeof source === "string" ? source : "the file";
}

/**
 * Streams CSV row by row, plain or gzip (detected by its first bytes, not by its name).
 *
 * @throws AppError input_invalid with file and line if it is empty or no CSV (unclosed quotes, binary, damaged gzip), or
 *   exceeds `options.limits`
 */
export async function readCsv(source: CsvSource, onRow: CsvRow, options: CsvReading = {}): Promise<void> {
  if (typeof source !== "string") return readBytes(nameOf(source), source, onRow, options);
  const file = await open(source);
  try {
    const { size } = await file.stat();
    const bytes = file.createReadStream({ highWaterMark: 1 << 18, autoClose: false });
    await readBytes(source, bytes, onRow, { ...options, size });
  } finally {
    await file.close();
  }
}

async function readBytes(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  onRow: CsvRow,
  options: SizedReading,
): Promise<void> {
  const { limits } = options;
  const places = openPlaces();
  const parser = parse({
    bom: true,
    relax_column_count: true,
    // Titles contain inch marks: a quote inside an unquoted cell is a character.
    relax_quotes: true,
    // A header typed by hand above an export can end its line in another way.
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
    on_record: (cells: string[], counts: LineCounts) => {
      const { line, lineCount } = places.next(cells, counts);
      const separator = counts.records === 1 && cells.length === 1 ? /[;\t]/.exec(cells[0]!) : null;
      if (separator) {
        // Spreadsheets write this in locales with a decimal comma, which is not read either.
        const quoted = JSON.stringify(separator[0]);
        throw refuseFile(
          { code: "file.separator", values: { separator: quoted.slice(1, -1) } },
          `line ${line}: cells are parted by ${quoted}, "," was expected`,
        );
      }
      if (limits && counts.records > limits.rows) {
        const message = { code: "file.tooManyRows", values: { rows: limits.rows } } as const;
        throw tooMuch(message, `it has more than ${limits.rows} rows`);
      }
      if (limits && counts.invalid_field_length > limits.unevenRows) {
        const message = { code: "file.unevenRows", values: { rows: limits.unevenRows } } as const;
        throw tooMuch(message, `it has more than ${limits.unevenRows} rows that do not fit its header`);
      }
      onRow(cells, line, lineCount);
      return null;
    },
  });
  const nothing = new Writable({ objectMode: true, write: (_row, _encoding, done) => done() });
  const signal = options.signal ? { signal: options.signal } : {};
  const counted = { packed: 0 };
  const checks = limits ? [cutPieces, limitBytes(limits, counted)] : [];
  const packed = countPacked(bytes, counted, options);
  try {
    let head: Buffer = Buffer.alloc(0);
    // A pipe can deliver single bytes.
    while (head.length < GZIP_MAGIC.length) {
      const next = await packed.next();
      if (next.done) break;
      head = Buffer.concat([head, next.value]);
    }
    const all = joinHead(head, packed);
    const isPacked = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
    const unpacked = isPacked ? [all, createGunzip()] : [all];
    const stages = [...unpacked, ...checks, refuseBinary(), parser, nothing] as never[];
    await pipeline(stages, signal);
    if (parser.info.records === 0) throw refuseFile({ code: "file.empty", values: {} }, "the file is empty");
  } catch (error) {
    throw explain(name, error, places);
  }
}

function tooMuch(message: FileMessage, why: string): AppError {
  return refuseFile(message, `${why}; send it in parts, a year each for instance`);
}

async function* countPacked(
  bytes: AsyncIterable<Uint8Array>,
  counted: { packed: number },
  { size = 0, onProgress }: SizedReading,
): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    counted.packed += chunk.byteLength;
    if (size > 0) onProgress?.(Math.min(counted.packed / size, 1));
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

async function* joinHead(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

/** Yields small pieces, and lets the event loop run after each. */
async function* cutPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      yield chunk.subarray(from, from + PIECE_BYTES);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function limitBytes({ bytes: most, ratio }: CsvLimits, counted: { readonly packed: number }): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > most) {
        const message = { code: "file.tooLarge", values: { mebibytes: most >> 20 } } as const;
        return done(tooMuch(message, `it has more than ${most >> 20} MiB unpacked`));
      }
      if (bytes > FREE_UNPACKED_BYTES && bytes > ratio * counted.packed) {
        const message = { code: "file.tooPacked", values: { times: ratio } } as const;
        return done(tooMuch(message, `it unpacks to more than ${ratio} times its size`));
      }
      done(null, chunk);
    },
  });
}

/**
 * Detects a quote that is opened and not closed, which swallows the rows below it.
 *
 * @returns null for a row with a usual number of lines
 */
export function findRunaway(line: number, lineCount: number): RowMessage | null {
  if (lineCount <= MOST_ROW_LINES) return null;
  return { code: "row.runaway", values: { line: line + lineCount - 1 } };
}

/** Text has no zero bytes; a spreadsheet or an image mistaken for CSV soon has one. */
function refuseBinary(): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const zero = chunk.indexOf(0);
      if (zero !== -1) {
        const where = `the byte at ${passed + zero} is zero`;
        const reason = `binary data, text was expected: ${where}; save it as CSV in UTF-8`;
        done(refuseFile({ code: "file.notText", values: {} }, reason));
        return;
      }
      passed += chunk.length;
      done(null, chunk);
    },
  });
}

/** The parser's counts at the end of a row. */
interface LineCounts {
  readonly lines: number;
  readonly empty_lines: number;
  readonly records: number;
  readonly invalid_field_length: number;
}

/** Tracks where rows begin: the parser reports where they end. */
function openPlaces() {
  let [endLine, emptyLines, doubled] = [0, 0, 0];
  /** First line of the next row, in the parser's count. */
  const startAt = (emptyLinesNow: number) => endLine + 1 + emptyLinesNow - emptyLines;
  return {
    next(cells: readonly string[], counts: LineCounts): { line: number; lineCount: number } {
      const start = startAt(counts.empty_lines);
      const line = start - doubled;
      let lineCount = counts.lines - start + 1;
      if (lineCount > 1) {
        // Inside quotes the parser counts a Windows line break (two characters) as two breaks.
        const breaks = cells.reduce((sum, cell) => sum + cell.split("\r\n").length - 1, 0);
        doubled += breaks;
        lineCount -= breaks;
      }
      endLine = counts.lines;
      emptyLines = counts.empty_lines;
      return { line, lineCount };
    },
    /** First line of the row in which the parser gave up. */
    unfinished: (emptyLinesNow: number) => startAt(emptyLinesNow) - doubled,
  };
}

function explain(name: string, error: unknown, places: ReturnType<typeof openPlaces>): unknown {
  if (error instanceof CsvError) {
    const line = places.unfinished(Number(error["empty_lines"]));
    const { code, text } = REASONS[error.code] ?? { code: "file.notCsv", text: error.message };
    return refuseFile({ code, values: { line } }, `${name} line ${line}: ${text}`, error);
  }
  if (error instanceof FileRefused) {
    return new FileRefused(error.refusal, `${name}: ${error.message}`, error);
  }
  if (error instanceof AppError) {
    return inputError(`${name}: ${error.message}`, error);
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_") || code === "ERR_ZLIB") {
    const message = { code: "file.damaged", values: {} } as const;
    return refuseFile(message, `${name}: the gzip data is damaged or cut off`, error);
  }
  return error instanceof Error && "syscall" in error
    ? inputError(`${name}: cannot be read: ${error.message}`, error)
    : error;
}

const writing = openEnglishWriting("USD");

/** The problem of a row in English, for an error and for the command line. */
export function tellRow(reason: RowMessage): string {
  return writeMessage(reason, writing);
}

/** Rows as CSV (RFC 4180) for a spreadsheet. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(toCell).join(",")}\r\n`).join("");
}

/** Prefixes text that starts like a formula with an apostrophe, because a spreadsheet would run it. */
function toCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text);
  return toQuoted(isFormula ? `'${text}` : text);
}

/** Quotes a text that has a comma, a quote or a line break. */
export function toQuoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

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
  /** Called now and then with the share of the file that is read, 0 to 1; never for a pipe, whose size nobody knows. */
  readonly onProgress?: ((ratio: number) => void) | undefined;
  /** For a file of somebody else's; without them, there are none. */
  readonly limits?: CsvLimits | undefined;
}

interface SizedReading extends CsvReading {
  /** Bytes in all; 0 where nobody knows. */
  readonly size?: number;
}

interface CsvLimits {
  readonly rows: number;
  /** Rows of another number of cells than the header: the parser takes thirty times as long for each. */
  readonly unevenRows: number;
  /** Bytes after unpacking. */
  readonly bytes: number;
  /** How many times as many bytes as were packed. */
  readonly ratio: number;
}

/** Below so many bytes no ratio is suspicious: a small file of like rows packs well. */
const FREE_UNPACKED_BYTES = 1 << 19;
/** The parser is synchronous: between two such pieces others have their turn. */
const PIECE_BYTES = 1 << 16;

/**
 * A row that has another number of cells than the header is handed on as it is.
 *
 * @param line where the row begins, counted from 1
 * @param lineCount how many lines it spans: more than one where a quoted cell holds line breaks
 */
type CsvRow = (cells: string[], line: number, lineCount: number) => void;

const MOST_ROW_BYTES = 1 << 20;
/** An address or a note has a few lines. */
const MOST_ROW_LINES = 50;
/** What the parser's codes mean, also in words. */
const REASONS: Readonly<Record<string, { code: "file.openQuote" | "file.longRow"; text: string }>> = {
  CSV_QUOTE_NOT_CLOSED: { code: "file.openQuote", text: "a quote is opened and never closed" },
  CSV_MAX_RECORD_SIZE: {
    code: "file.longRow",
    text: "a row of more than 1 MiB; most likely a quote is opened and never closed",
  },
};

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** The path of a file or pipe, or bytes that lie nowhere. */
export type CsvSource = string | AsyncIterable<Uint8Array>;

/** What a message calls it. */
export function nameOf(source: CsvSource): string {
  return typeof source === "string" ? source : "the file";
}

/**
 * Streams CSV, plain or gzip (told by its first bytes, not by its name), row by row.
 *
 * @throws AppError input_invalid with file and line when it is no CSV: unclosed quotes, binary, damaged gzip; also when it
 *   is empty, or more than `options.limits` let through
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
    // Titles hold inch marks: a quote inside an unquoted cell is a character.
    relax_quotes: true,
    // Who writes a header by hand above an export ends lines in two ways.
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    max_record_size: MOST_ROW_BYTES,
    on_record: (cells: string[], counts: LineCounts) => {
      const { line, lineCount } = places.next(cells, counts);
      const separator = counts.records === 1 && cells.length === 1 ? /[;\t]/.exec(cells[0]!) : null;
      if (separator) {
        // As spreadsheets write it where numbers have a comma, which are not read either.
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
    // A pipe gives its bytes sometimes one by one.
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

/** Hands on small pieces, and lets the process do something else after each. */
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
 * Why a row cannot be what its writer meant: a quote that is opened and not closed swallows the rows below it.
 *
 * @returns null for a row of a usual number of lines
 */
export function findRunaway(line: number, lineCount: number): RowMessage | null {
  if (lineCount <= MOST_ROW_LINES) return null;
  return { code: "row.runaway", values: { line: line + lineCount - 1 } };
}

/** A text has no zero bytes; a spreadsheet or an image taken for a CSV has one soon. */
function refuseBinary(): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const zero = chunk.indexOf(0);
      if (zero !== -1) {
        const reason = `binary data, text was expected: the byte at ${passed + zero} is zero`;
        done(refuseFile({ code: "file.notText", values: {} }, reason));
        return;
      }
      passed += chunk.length;
      done(null, chunk);
    },
  });
}

/** What the parser has counted at the end of a row. */
interface LineCounts {
  readonly lines: number;
  readonly empty_lines: number;
  readonly records: number;
  readonly invalid_field_length: number;
}

/** Follows where rows begin: the parser tells where they end. */
function openPlaces() {
  let [endLine, emptyLines, doubled] = [0, 0, 0];
  /** First line of the row that begins after the last one, in the parser's count. */
  const startAt = (emptyLinesNow: number) => endLine + 1 + emptyLinesNow - emptyLines;
  return {
    next(cells: readonly string[], counts: LineCounts): { line: number; lineCount: number } {
      const start = startAt(counts.empty_lines);
      const line = start - doubled;
      let lineCount = counts.lines - start + 1;
      if (lineCount > 1) {
        // Inside quotes the parser takes the two characters of a break of Windows for two breaks.
        const breaks = cells.reduce((sum, cell) => sum + cell.split("\r\n").length - 1, 0);
        doubled += breaks;
        lineCount -= breaks;
      }
      endLine = counts.lines;
      emptyLines = counts.empty_lines;
      return { line, lineCount };
    },
    /** Where the row begins that the parser gave up in. */
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
  return error instanceof Error && "syscall" in error ? cannotRead(name, error) : error;
}

function cannotRead(name: string, error: Error): AppError {
  return inputError(`${name}: cannot be read: ${error.message}`, error);
}

const writing = openEnglishWriting("USD");

/** What is wrong with a row, for an error and for the command line. */
export function tellRow(reason: RowMessage): string {
  return writeMessage(reason, writing);
}

/** Rows as CSV (RFC 4180) for a spreadsheet. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(toCell).join(",")}\r\n`).join("");
}

/** A spreadsheet takes a text that begins like a formula for one, so such a text gets an apostrophe in front. */
function toCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text);
  return toQuoted(isFormula ? `'${text}` : text);
}

/** In quotes where the text holds a comma, a quote or a line break. */
export function toQuoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

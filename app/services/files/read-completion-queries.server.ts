import { createReadStream } from "node:fs";
import { z } from "zod";
import { parseInstantMs } from "#app/domain/collect/order-log/parse-instant.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { inputError } from "#app/process/errors.ts";

const TextOrNumber = z.union([z.string(), z.number()], { error: "a text or a number was expected" });
/** Trimmed, as in a log's cell. */
const Text = TextOrNumber.transform((value) => String(value).trim());
const Instant = z
  .string({ error: "a date such as 2011-06-01T07:37:00 was expected" })
  .transform((text, { issues }) => {
    const atMs = parseInstantMs(text);
    const message = `"${text}" is not a date such as 2011-06-01T07:37:00`;
    if (atMs === null) issues.push({ code: "custom", input: text, message });
    return atMs;
  });
const Question = z
  .object(
    {
      /** As given; an integer beyond 2^53 as text, because a number cannot hold all its digits. */
      id: TextOrNumber,
      basket: z.array(Text, { error: "a list of SKUs was expected" }),
      at: Instant.nullish(),
      customer: Text.nullish(),
    },
    { error: '{"id":…,"basket":[…],"at":…} was expected' },
  )
  .transform(({ at, customer, ...asked }) => ({ ...asked, atMs: at ?? null, customer: customer || null }));

/** One question of `rank`: what completes this basket at this time? */
export interface CompletionQuestion extends z.infer<typeof Question> {
  /** Line in its file, counted from 1. */
  readonly line: number;
}

/**
 * Reads questions, one JSON object per line: `{"id","basket":[sku…],"at":time?,"customer":id?}`.
 *
 * @throws AppError input_invalid with file and line of the first invalid object, or if there is none
 */
export async function readCompletionQueries(path: string): Promise<CompletionQuestion[]> {
  const questions: CompletionQuestion[] = [];
  let line = 0;
  for await (const text of readLines(path)) {
    line++;
    const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (json.trim() !== "") questions.push(parseQuestion(json, path, line));
  }
  if (questions.length === 0) throw inputError(`${path}: no query`);
  return questions;
}

/** Not with `readline`, which splits at U+2028 inside a text and does not report a failed read. */
async function* readLines(path: string): AsyncGenerator<string> {
  const lineEnd = /\r\n|\r|\n/;
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, { encoding: "utf8" })) {
      const text = rest + chunk;
      const end = (chunk as string).lastIndexOf("\n") === -1 ? 0 : text.lastIndexOf("\n") + 1;
      yield* text.slice(0, end).split(lineEnd).slice(0, -1);
      rest = text.slice(end);
    }
  } catch (error) {
    if (!(error instanceof Error) || !("syscall" in error)) throw error;
    throw inputError(`${path}: cannot be read: ${error.message}`, error);
  }
  yield* rest.split(lineEnd);
}

function parseQuestion(text: string, path: string, line: number): CompletionQuestion {
  const invalid = (problem: string, cause?: unknown) => inputError(`${path} line ${line}: ${problem}`, cause);
  let json: unknown;
  try {
    json = parseJsonKeepingIds(text);
  } catch (error) {
    throw invalid('not JSON; expected {"id":…,"basket":[…],"at":…}', error);
  }
  const parsed = Question.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(`${issue.path.join(".") || "the line"}: ${issue.message}`);
  }
  return { ...parsed.data, line };
}

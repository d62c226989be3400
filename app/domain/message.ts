import { z } from "zod";

type ValueSchema = z.ZodString | z.ZodNumber;

/**
 * The messages of a step: each code with what stands in its sentence. Only the locales hold sentences. A value's name
 * carries its unit, which decides how a reader sees it: `…Minor` money, `…Ratio` 0 to 1, `…Times` a factor, `…About` a
 * rounded estimate, `…Weekday` 0 (Monday) to 6; `count` is what the sentence counts, and chooses its plural. A text
 * stands as it is.
 */
export type MessageTable = Readonly<Record<string, Readonly<Record<string, ValueSchema>>>>;

/** The union of a table's messages, told apart by their code. */
export type MessageOf<T extends MessageTable> = {
  readonly [C in keyof T & string]: {
    readonly code: C;
    readonly values: { readonly [N in keyof T[C]]: z.infer<T[C][N]> };
  };
}[keyof T & string];

/** Any message of any table, as what writes it takes it. */
export interface Message {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** A sentence that was stored whole, by an older version or by somebody else's program: it is told as it is. */
export const TEXT = { text: { text: z.string() } } as const satisfies MessageTable;

/** Parses a table's messages where they come out of the database. */
export function messageSchema<T extends MessageTable>(table: T): z.ZodType<MessageOf<T>> {
  const [first, ...rest] = Object.entries(table).map(([code, values]) =>
    z.object({ code: z.literal(code), values: z.object(values) }),
  );
  // The entries of a table lose which code has which values; `MessageOf` still knows.
  return z.discriminatedUnion("code", [first!, ...rest]) as unknown as z.ZodType<MessageOf<T>>;
}

/**
 * The first letters of a text. A cut may leave the first half of an emoji, which is no character: neither UTF-8 nor
 * PostgreSQL's JSON can carry it.
 */
export function cutText(text: string, letters: number): string {
  return text.slice(0, letters).replace(/\p{Surrogate}$/u, "");
}

import { z } from "zod";

type ValueSchema = z.ZodString | z.ZodNumber;

/**
 * The messages of a step: each code with the values in its sentence. Only the locales hold sentences. A value's name
 * carries its unit, which decides how it is shown: `…Minor` money, `…Ratio` 0 to 1, `…Times` a factor, `…About` a
 * rounded estimate, `…Weekday` 0 (Monday) to 6; `count` selects the plural. Text is shown as is.
 */
export type MessageTable = Readonly<Record<string, Readonly<Record<string, ValueSchema>>>>;

/** The union of a table's messages, discriminated by code. */
export type MessageOf<T extends MessageTable> = {
  readonly [C in keyof T & string]: {
    readonly code: C;
    readonly values: { readonly [N in keyof T[C]]: z.infer<T[C][N]> };
  };
}[keyof T & string];

/** Any message of any table. */
export interface Message {
  readonly code: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** A whole sentence, stored by an older version or another program; shown as is. */
export const TEXT = { text: { text: z.string() } } as const satisfies MessageTable;

/** Schema that parses a table's messages from the database. */
export function messageSchema<T extends MessageTable>(table: T): z.ZodType<MessageOf<T>> {
  const [first, ...rest] = Object.entries(table).map(([code, values]) =>
    z.object({ code: z.literal(code), values: z.object(values) }),
  );
  // `Object.entries` loses which code has which values; `MessageOf` still knows.
  return z.discriminatedUnion("code", [first!, ...rest]) as unknown as z.ZodType<MessageOf<T>>;
}

/** The first `letters` characters. Drops half an emoji at the cut: neither UTF-8 nor PostgreSQL's JSON can hold it. */
export function cutText(text: string, letters: number): string {
  return text.slice(0, letters).replace(/\p{Surrogate}$/u, "");
}

import type { z } from "zod";

/** Header with the client's address. The web process overwrites it, so a client cannot forge it. */
export const CLIENT_ADDRESS_HEADER = "x-client-address";

/** Parses request input. @throws Response 400 with the field errors */
export function parseOr400<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  throw Response.json({ problems }, { status: 400 });
}

/** Null if the text is not JSON; the schema then refuses it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import type { z } from "zod";

/**
 * Names the address that a request came from. The web process writes it over whatever the sender put there, so
 * that nobody chooses an address.
 */
export const CLIENT_ADDRESS_HEADER = "x-client-address";

/** Parses request input; answers 400 with the field errors when it does not fit. */
export function parseOr400<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  throw Response.json({ problems }, { status: 400 });
}

/** Null for what is no JSON, which is then refused like any other input that cannot be. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import type { z } from "zod";

/** Parses request input; answers 400 with the field errors when it does not fit. */
export function parseOr400<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  throw Response.json({ problems }, { status: 400 });
}

import type { z } from "zod";
import type { Result } from "#app/domain/result.ts";

/**
 * Checks a payload and converts it; what the schema does not name is dropped here and goes no further.
 *
 * @returns reason "payload_unusable" with the first field that does not fit; the value itself is never quoted,
 *   because it may be personal
 */
export function readPayload<S extends z.ZodType, T>(
  schema: S,
  payload: unknown,
  convert: (value: z.infer<S>) => T,
): Result<T, "payload_unusable"> {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { ok: false, reason: "payload_unusable", detail: `${path.join(".") || "payload"}: ${message}` };
  }
  try {
    return { ok: true, value: convert(parsed.data) };
  } catch (error) {
    // An amount that no number holds exactly; anything else is a bug of ours.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, reason: "payload_unusable", detail: error.message };
  }
}

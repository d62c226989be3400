import { pino } from "pino";

/** One JSON line an event. The first argument is a constant `step.verb`; never payloads, tokens, names or e-mails. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  child(fields: Record<string, unknown>): Log;
}

type PinoLike = Pick<ReturnType<typeof pino>, "debug" | "info" | "warn" | "error"> & {
  child(fields: Record<string, unknown>): PinoLike;
};

/** What was thrown goes under the name whose stack and cause are written out. */
function toFields({ error, ...fields }: Record<string, unknown> = {}): Record<string, unknown> {
  return error ? { ...fields, err: error } : fields;
}

function wrap(target: PinoLike): Log {
  return {
    debug: (event, fields) => target.debug(toFields(fields), event),
    info: (event, fields) => target.info(toFields(fields), event),
    warn: (event, fields) => target.warn(toFields(fields), event),
    error: (event, fields) => target.error(toFields(fields), event),
    child: (fields) => wrap(target.child(fields)),
  };
}

/**
 * What errors of clients carry beside their message: headers with tokens, and a refused command of Redis with what it was
 * given, which is the password where that was refused.
 */
const OF_CLIENTS = ["config", "response", "command.args"];

/** A log that writes to stderr: stdout belongs to results. */
export function createLog(level: string): Log {
  return wrap(
    pino(
      {
        level,
        messageKey: "event",
        base: null,
        redact: OF_CLIENTS.flatMap((field) => [`err.${field}`, `err.aggregateErrors[*].${field}`]),
      },
      pino.destination(2),
    ),
  );
}

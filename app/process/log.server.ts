import { pino } from "pino";

/** One JSON line per event. The first argument is a constant `step.verb`. No payloads, tokens, names or emails. */
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

/** pino writes the stack and cause of an error only under `err`. */
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
 * Fields of client errors that can hold secrets: headers with tokens, and the arguments of a failed Redis command,
 * which include the password of a refused AUTH.
 */
const OF_CLIENTS = ["config", "response", "command.args"];

/** Logs to stderr, because stdout is for results. */
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

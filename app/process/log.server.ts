import { pino } from "pino";

/** One JSON line per event. The first argument is a constant `step.verb`. No payloads, tokens, names or emails. */
export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  child(fields: Record<string, unknown>): Log;
}

/** @param bound fields of every line; pino's own children would write a field of the same name twice */
function wrap(target: ReturnType<typeof pino>, bound: Record<string, unknown> = {}): Log {
  // pino writes the stack and cause of an error only under `err`.
  const toFields = ({ error, ...fields }: Record<string, unknown> = {}) => ({
    ...bound,
    ...fields,
    ...(error ? { err: error } : {}),
  });
  return {
    debug: (event, fields) => target.debug(toFields(fields), event),
    info: (event, fields) => target.info(toFields(fields), event),
    warn: (event, fields) => target.warn(toFields(fields), event),
    error: (event, fields) => target.error(toFields(fields), event),
    child: (fields) => wrap(target, { ...bound, ...fields }),
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

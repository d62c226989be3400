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

function wrap(target: PinoLike): Log {
  return {
    debug: (event, fields = {}) => target.debug(fields, event),
    info: (event, fields = {}) => target.info(fields, event),
    warn: (event, fields = {}) => target.warn(fields, event),
    error: (event, { error, ...fields } = {}) =>
      target.error({ ...fields, ...(error ? { err: error } : {}) }, event),
    child: (fields) => wrap(target.child(fields)),
  };
}

/** A log that writes to stderr: stdout belongs to results. */
export function createLog(level: string): Log {
  return wrap(
    pino(
      { level, messageKey: "event", base: null, redact: ["err.config", "err.response"] },
      pino.destination(2),
    ),
  );
}

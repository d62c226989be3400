import type { Translate } from "#app/locales/translate.ts";

const NAMED = ["tfjs-node-gpu", "tfjs-node", "wasm"];

/** The display name of a backend. `t` must have the namespace "run". */
export function toBackendName(backend: string, t: Translate): string {
  return NAMED.includes(backend) ? t(`run:backend.${backend}`) : backend;
}

import type { Translate } from "#app/locales/translate.ts";

const NAMED = ["tfjs-node-gpu", "tfjs-node", "wasm"];

/** A backend's technical name as the merchant may read it. `t` must know the namespace "run". */
export function toBackendName(backend: string, t: Translate): string {
  return NAMED.includes(backend) ? t(`run:backend.${backend}`) : backend;
}

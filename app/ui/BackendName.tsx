import type { Translate } from "#app/locales/translate.ts";
import { useTranslation } from "#app/locales/use-translation.ts";

const NAMED = ["tfjs-node-gpu", "tfjs-node", "wasm"];

/** A backend's technical name as the merchant may read it. `t` must know the namespace "run". */
export function toBackendName(backend: string, t: Translate): string {
  return NAMED.includes(backend) ? t(`run:backend.${backend}`) : backend;
}

/** The same as a part of a table. */
export function BackendName({ backend }: { readonly backend: string }) {
  const { t } = useTranslation("run");
  return <>{toBackendName(backend, t)}</>;
}

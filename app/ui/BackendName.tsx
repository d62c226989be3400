import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

const NAMED = ["tfjs-node-gpu", "tfjs-node", "wasm"];

/** A backend's technical name as the merchant may read it. `t` must know the namespace "run". */
export function toBackendName(backend: string, t: TFunction): string {
  return NAMED.includes(backend) ? t(`run:backend.${backend}`) : backend;
}

/** The same as a part of a table. */
export function BackendName({ backend }: { readonly backend: string }) {
  const { t } = useTranslation("run");
  return <>{toBackendName(backend, t)}</>;
}

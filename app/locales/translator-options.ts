import type { InitOptions } from "i18next";

/**
 * What the server's and the browser's translators share. A missing text is a fault that a test finds, so there is no
 * second language to fall back to, which a browser would have to load as well.
 */
export const TRANSLATOR_OPTIONS = {
  fallbackLng: false,
  load: "currentOnly",
  defaultNS: "common",
  // A key is the name of one text; a point in it is only for the eye.
  keySeparator: false,
  // React escapes what it draws.
  interpolation: { escapeValue: false },
} as const satisfies InitOptions;

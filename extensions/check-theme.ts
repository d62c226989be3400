import { join } from "node:path";
import { themeCheckRun, Severity } from "@shopify/theme-check-node";

/**
 * Lints the theme app extension with Shopify's own rules, which set the limits of an app block too. Exits 1 on any
 * finding. It tries to fetch newer rule data first; without network it uses the data that the package ships.
 */
const root = join(import.meta.dirname, "bundle-offer");
const { offenses, theme } = await themeCheckRun(root, "theme-check:theme-app-extension");
for (const { check, severity, message, uri, start } of offenses) {
  const file = decodeURIComponent(uri).split("/bundle-offer/").at(-1);
  process.stderr.write(
    `${file}:${start.line + 1}: ${Severity[severity].toLowerCase()} ${check}: ${message}\n`,
  );
}
process.stdout.write(`theme-check: ${theme.length} files, ${offenses.length} findings\n`);
process.exitCode = offenses.length > 0 ? 1 : 0;

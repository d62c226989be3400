import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { TranslatorProvider } from "#app/locales/use-translation.ts";
import { openBrowserTranslator } from "#app/locales/translator.client.ts";
import { reloadFrame } from "#app/ui/hooks/use-reloadable-frame.ts";

/**
 * Reports recoverable errors, as React does by default, except for parts that were not hydrated before a navigation.
 * React renders those again, and nobody notices.
 */
function reportMended(error: unknown): void {
  const isLeftEarly = error instanceof Error && /#421;|before it finished hydrating/.test(error.message);
  if (!isLeftEarly) reportError(error);
}

/** Hydrates the document after its texts are loaded, so that the browser renders the same. */
async function hydrate(): Promise<void> {
  const translator = await openBrowserTranslator(document.documentElement.lang, reloadFrame);
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <TranslatorProvider value={translator}>
          <RemixBrowser />
        </TranslatorProvider>
      </StrictMode>,
      { onRecoverableError: reportMended },
    );
  });
}

void hydrate();

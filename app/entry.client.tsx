import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { TranslatorProvider } from "#app/locales/use-translation.ts";
import { openBrowserTranslator } from "#app/locales/translator.client.ts";
import { reloadFrame } from "#app/ui/hooks/use-reloadable-frame.ts";

/**
 * Reports what React could mend, as it does itself, but for parts that are still to be taken over when the page moves on:
 * those it draws anew, and nobody sees it.
 */
function reportMended(error: unknown): void {
  const isLeftEarly = error instanceof Error && /#421;|before it finished hydrating/.test(error.message);
  if (!isLeftEarly) reportError(error);
}

/** Takes over the document that the server drew, once the texts of its page are there to draw the same. */
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

import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { TranslatorProvider } from "#app/locales/use-translation.ts";
import { openBrowserTranslator } from "#app/locales/translator.client.ts";

/** Takes over the document that the server drew, once the texts of its page are there to draw the same. */
async function hydrate(): Promise<void> {
  const translator = await openBrowserTranslator(document.documentElement.lang);
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <TranslatorProvider value={translator}>
          <RemixBrowser />
        </TranslatorProvider>
      </StrictMode>,
    );
  });
}

void hydrate();

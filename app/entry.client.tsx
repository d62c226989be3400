import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { openBrowserTranslator } from "#app/locales/translator.client.ts";

/** Takes over the document that the server drew, once the texts of its page are there to draw the same. */
async function hydrate(): Promise<void> {
  const translator = await openBrowserTranslator(document.documentElement.lang);
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <I18nextProvider i18n={translator}>
          <RemixBrowser />
        </I18nextProvider>
      </StrictMode>,
    );
  });
}

void hydrate();

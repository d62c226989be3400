import { isRouteErrorResponse, useRouteError } from "@remix-run/react";
import { Card, Text } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";

/**
 * Shows inside the app that what was asked for is not there. Every other error goes on to the layout, where
 * Shopify's library answers its own.
 */
export function MissingBoundary() {
  const { t } = useTranslation("common");
  const error = useRouteError();
  if (!isRouteErrorResponse(error) || error.status !== 404) throw error;
  return (
    <Page title={t("missing.title")} backAction={{ content: t("nav.home"), url: "/app" }}>
      <Card>
        <Text as="p">{typeof error.data === "string" && error.data ? error.data : t("missing.text")}</Text>
      </Card>
    </Page>
  );
}

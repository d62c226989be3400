import { isRouteErrorResponse, useRouteError } from "@remix-run/react";
import { Card, Page, Text } from "@shopify/polaris";

/**
 * Shows inside the app that what was asked for is not there. Every other error goes on to the layout, where
 * Shopify's library answers its own.
 */
export function MissingBoundary() {
  const error = useRouteError();
  if (!isRouteErrorResponse(error) || error.status !== 404) throw error;
  return (
    <Page title="Not found" backAction={{ content: "Home", url: "/app" }}>
      <Card>
        <Text as="p">{typeof error.data === "string" ? error.data : "This page does not exist."}</Text>
      </Card>
    </Page>
  );
}

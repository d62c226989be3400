import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { useDownload } from "#app/ui/hooks/use-download.ts";

interface AnsweredRequest {
  readonly requestId: string;
  readonly at: string;
}

/** The requests of customers for what is kept of them, each with the answer as a file. */
export function DataRequestCard({ requests }: { readonly requests: readonly AnsweredRequest[] }) {
  const { t } = useTranslation("privacy");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("requests.title")}
        </Text>
        <Text as="p" tone="subdued">
          {requests.length === 0 ? t("requests.none") : t("requests.text")}
        </Text>
        {requests.map((request) => (
          <RequestRow key={request.requestId} request={request} />
        ))}
      </BlockStack>
    </Card>
  );
}

function RequestRow({ request: { requestId, at } }: { request: AnsweredRequest }) {
  const { t } = useTranslation("privacy");
  const { isLoading, download } = useDownload(
    `/app/data-requests/${encodeURIComponent(requestId)}`,
    `customer-data-${requestId}.json`,
  );
  return (
    <InlineStack align="space-between" blockAlign="center" gap="200">
      <Text as="span">{t("requests.row", { id: requestId, at })}</Text>
      <Button size="slim" loading={isLoading} onClick={() => void download()}>
        {t("requests.download")}
      </Button>
    </InlineStack>
  );
}

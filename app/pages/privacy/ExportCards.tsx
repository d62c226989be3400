import { Button, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { useDownload } from "#app/ui/hooks/use-download.ts";
import type { PrivacyPage } from "./read-privacy-page.server.ts";

export function ExportCard() {
  const { t } = useTranslation("privacy");
  const { isLoading, download } = useDownload("/app/export", "shop-data.ndjson");
  return (
    <TitledCard title={t("export.title")} note={t("export.text")}>
      <InlineStack>
        <Button loading={isLoading} onClick={() => void download()}>
          {t("export.action")}
        </Button>
      </InlineStack>
    </TitledCard>
  );
}

/** Data requests of customers, each with its answer as a file. */
export function DataRequestCard({ requests }: Pick<PrivacyPage, "requests">) {
  const { t } = useTranslation("privacy");
  return (
    <TitledCard
      title={t("requests.title")}
      note={requests.length === 0 ? t("requests.none") : t("requests.text")}
    >
      {requests.map((request) => (
        <RequestRow key={request.requestId} request={request} />
      ))}
    </TitledCard>
  );
}

function RequestRow({ request: { requestId, at } }: { request: PrivacyPage["requests"][number] }) {
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

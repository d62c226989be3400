import { useRevalidator } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Card, DropZone, List, ProgressBar, Text } from "@shopify/polaris";
import { useState } from "react";
import { uploadOrders, type UploadAnswer } from "./upload-orders.ts";

interface HistorySummary {
  readonly isRead: boolean;
  readonly isThin: boolean;
  /** How far the reading from Shopify is, and what it is at. */
  readonly progressPercent: number;
  readonly progressText: string;
  readonly orders: string;
  readonly products: string;
  readonly firstOrderOn: string | null;
  readonly lastOrderAt: string | null;
}

type Upload =
  | { readonly state: "idle" }
  | { readonly state: "sending"; readonly percent: number }
  | { readonly state: "reading" }
  | { readonly state: "ended"; readonly answer: UploadAnswer };

/** What the app knows of the shop's past, and the way to give it more: the order export of Shopify as a file. */
export function HistoryCard({ history }: { readonly history: HistorySummary }) {
  const appBridge = useAppBridge();
  const { revalidate } = useRevalidator();
  const [upload, setUpload] = useState<Upload>({ state: "idle" });
  const isBusy = upload.state === "sending" || upload.state === "reading";

  const send = async (file: File | undefined) => {
    if (!file || isBusy) return;
    setUpload({ state: "sending", percent: 0 });
    try {
      const answer = await uploadOrders(file, await appBridge.idToken(), (percent) =>
        setUpload(percent < 100 ? { state: "sending", percent } : { state: "reading" }),
      );
      setUpload({ state: "ended", answer });
      if (answer.ok) revalidate();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      setUpload({ state: "ended", answer: { ok: false, message, details: [] } });
    }
  };

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Your order history
        </Text>
        <Text as="p" tone="subdued">
          {describe(history)}
        </Text>
        {history.isRead ? null : (
          <BlockStack gap="100">
            <ProgressBar progress={history.progressPercent} size="small" />
            <Text as="p" tone="subdued">
              {history.progressText || "Waiting for its turn"}
            </Text>
          </BlockStack>
        )}
        {history.isThin ? (
          <Text as="p">
            Shopify lets an app read the last 60 days. The more past it knows, the more bundles it can stand
            behind: export your orders (Orders, Export, All orders, CSV) and drop the file here.
          </Text>
        ) : null}
        <DropZone
          label="Older orders as a CSV or .csv.gz file"
          allowMultiple={false}
          disabled={isBusy}
          onDrop={(_files, accepted, rejected) => void send(accepted[0] ?? rejected[0])}
          variableHeight
        >
          <DropZone.FileUpload
            actionTitle="Add order export"
            actionHint="CSV, plain or gzip. Names and addresses are not stored."
          />
        </DropZone>
        <div role="status" aria-live="polite">
          <UploadState upload={upload} />
        </div>
      </BlockStack>
    </Card>
  );
}

function UploadState({ upload }: { upload: Upload }) {
  switch (upload.state) {
    case "idle":
      return null;
    case "sending":
      return <ProgressBar progress={upload.percent} size="small" />;
    case "reading":
      return <Text as="p">The file has arrived and is being read. You may leave this page.</Text>;
    case "ended":
      return (
        <Banner tone={upload.answer.ok ? "success" : "critical"}>
          <Text as="p">{upload.answer.message}</Text>
          {upload.answer.details.length > 0 ? (
            <List>
              {upload.answer.details.map((detail) => (
                <List.Item key={detail}>{detail}</List.Item>
              ))}
            </List>
          ) : null}
        </Banner>
      );
  }
}

function describe({ isRead, orders, products, firstOrderOn, lastOrderAt }: HistorySummary): string {
  const what = firstOrderOn
    ? `${orders} orders since ${firstOrderOn}, the newest from ${lastOrderAt}, and ${products} products.`
    : `${products} products and no orders yet.`;
  return isRead ? what : `Still reading from Shopify: ${what}`;
}

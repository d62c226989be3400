import { useRevalidator } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Card, DropZone, ProgressBar, Text } from "@shopify/polaris";
import { useState } from "react";

export interface HistorySummary {
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
  | { readonly state: "done" | "failed"; readonly message: string };

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
      setUpload({ state: answer.ok ? "done" : "failed", message: answer.message });
      if (answer.ok) revalidate();
    } catch (error) {
      setUpload({ state: "failed", message: error instanceof Error ? error.message : String(error) });
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
    case "done":
      return <Banner tone="success">{upload.message}</Banner>;
    case "failed":
      return <Banner tone="critical">{upload.message}</Banner>;
  }
}

function describe({ isRead, orders, products, firstOrderOn, lastOrderAt }: HistorySummary): string {
  const what = firstOrderOn
    ? `${orders} orders since ${firstOrderOn}, the newest from ${lastOrderAt}, and ${products} products.`
    : `${products} products and no orders yet.`;
  return isRead ? what : `Still reading from Shopify: ${what}`;
}

/** Sends the file and tells how much has left the browser; `fetch` cannot, so this is an XMLHttpRequest. */
function uploadOrders(
  file: File,
  idToken: string,
  onPercent: (percent: number) => void,
): Promise<{ ok: boolean; message: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/app/import");
    request.setRequestHeader("Authorization", `Bearer ${idToken}`);
    request.setRequestHeader("Content-Type", file.name.endsWith(".gz") ? "application/gzip" : "text/csv");
    request.upload.onprogress = ({ loaded, total }) =>
      onPercent(Math.floor((100 * loaded) / Math.max(1, total)));
    request.onerror = () =>
      reject(new Error("The connection broke. Nothing was stored; send the file again."));
    request.onload = () => resolve(toUploadAnswer(request));
    request.send(file);
  });
}

function toUploadAnswer({ status, responseText }: XMLHttpRequest): { ok: boolean; message: string } {
  const isOk = status >= 200 && status < 300;
  try {
    const { message } = JSON.parse(responseText) as { message?: unknown };
    if (typeof message === "string") return { ok: isOk, message };
  } catch {
    // Not our JSON: a proxy answered, and the status is all there is.
  }
  return {
    ok: isOk,
    message: isOk ? "The file was read." : `The server answered ${status}. Nothing was stored.`,
  };
}

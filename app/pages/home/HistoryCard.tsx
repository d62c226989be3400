import { useRevalidator } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Button, DropZone, List, Text } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import type { Translate } from "#app/locales/translate.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { cancelUpload, followUpload, uploadOrders, type UploadAnswer } from "./upload-orders.ts";
import { Progress } from "#app/ui/Progress.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { HomePage } from "./read-home-page.server.ts";

type HistorySummary = HomePage["history"];

type Upload =
  | { readonly state: "idle" }
  | { readonly state: "sending"; readonly percent: number }
  | { readonly state: "reading"; readonly percent: number }
  | { readonly state: "ended"; readonly answer: UploadAnswer };

/** The known history of the shop, and an upload for Shopify's order export. */
export function HistoryCard({ history }: { readonly history: HistorySummary }) {
  const { t, i18n } = useTranslation("home");
  const appBridge = useAppBridge();
  const { revalidate } = useRevalidator();
  const [upload, setUpload] = useState<Upload>({ state: "idle" });
  const isBusy = upload.state === "sending" || upload.state === "reading";
  const onRead = (percent: number) => setUpload({ state: "reading", percent });
  const reader = { t, locale: i18n.language };

  const show = async (reading: Promise<UploadAnswer | null>) => {
    try {
      const answer = await reading;
      if (!answer) return;
      setUpload({ state: "ended", answer });
      if (answer.ok) revalidate();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      setUpload({ state: "ended", answer: { ok: false, message, details: [] } });
    }
  };
  const send = async (file: File | undefined) => {
    if (!file || isBusy) return;
    const onSent = (percent: number) => setUpload({ state: "sending", percent });
    onSent(0);
    await show(uploadOrders(file, () => appBridge.idToken(), { onSent, onRead }, reader));
  };
  // A file that was sent on an earlier visit can still be processing.
  const isFollowed = useRef(false);
  useEffect(() => {
    if (isFollowed.current) return;
    isFollowed.current = true;
    void show(followUpload({ onRead }, reader));
  });

  return (
    <TitledCard title={t("history.title")} note={describe(history, t)}>
      {history.isRead ? null : (
        <BlockStack gap="100">
          <Progress percent={history.progressPercent} />
          <Subdued>{history.progressText || t("history.waiting")}</Subdued>
        </BlockStack>
      )}
      {history.isThin ? <Text as="p">{t("history.thin")}</Text> : null}
      <DropZone
        label={t("upload.label")}
        allowMultiple={false}
        disabled={isBusy}
        onDrop={(_files, accepted, rejected) => void send(accepted[0] ?? rejected[0])}
        variableHeight
      >
        <DropZone.FileUpload actionTitle={t("upload.action")} actionHint={t("upload.hint")} />
      </DropZone>
      <div role="status" aria-live="polite">
        <UploadState upload={upload} />
      </div>
    </TitledCard>
  );
}

function UploadState({ upload }: { upload: Upload }) {
  const { t } = useTranslation("home");
  const appBridge = useAppBridge();
  const cancel = async () => {
    if (!(await cancelUpload())) appBridge.toast.show(t("common:notAnswered"), { isError: true });
  };
  switch (upload.state) {
    case "idle":
      return null;
    case "sending":
      return <Progress percent={upload.percent} />;
    case "reading":
      return (
        <BlockStack gap="200" inlineAlign="start">
          <Text as="p">{t("upload.reading")}</Text>
          <Progress percent={upload.percent} />
          <Button onClick={() => void cancel()}>{t("upload.cancel")}</Button>
        </BlockStack>
      );
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

function describe(history: HistorySummary, t: Translate): string {
  const { isRead, orders, products, firstOrderOn: from, lastOrderAt: to } = history;
  const what = from
    ? t("history.orders", { orders, products, from, to })
    : t("history.noOrders", { products });
  return isRead ? what : t("history.stillReading", { what });
}

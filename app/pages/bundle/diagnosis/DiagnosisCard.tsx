import { Banner, BlockStack, Button, ButtonGroup, List, Text } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { askApp } from "#app/ui/hooks/ask-app.ts";
import type { readDiagnosis } from "./read-diagnosis.server.ts";

type Diagnosis = NonNullable<Awaited<ReturnType<typeof readDiagnosis>>>;

/** Explains on request why an offer does not show in the shop. */
export function DiagnosisCard({ bundleId }: { readonly bundleId: string }) {
  const { t } = useTranslation("bundle");
  const [answer, setAnswer] = useState<Diagnosis | "failed" | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = async () => {
    setAsking(true);
    setAnswer((await askApp<Diagnosis>(`/app/diagnosis/${bundleId}`)) ?? "failed");
    setAsking(false);
  };
  return (
    <TitledCard title={t("unseen.title")}>
      <div aria-live="polite">
        {answer === null || answer === "failed" ? (
          <Text as="p">{t(answer === null ? "unseen.text" : "common:notAnswered")}</Text>
        ) : (
          <Answer {...answer} />
        )}
      </div>
      <ButtonGroup>
        <Button loading={isAsking} onClick={() => void ask()}>
          {t(answer === null ? "unseen.ask" : "unseen.again")}
        </Button>
      </ButtonGroup>
    </TitledCard>
  );
}

function Answer({ cause, limits, isPartial }: Diagnosis) {
  const { t } = useTranslation("bundle");
  if (cause) {
    return (
      <Banner tone="warning">
        <Finding {...cause} />
      </Banner>
    );
  }
  return (
    <BlockStack gap="200">
      <Text as="p">{t(isPartial ? "unseen.partial" : "unseen.shown")}</Text>
      {limits.length > 0 ? (
        <List>
          {limits.map((limit) => (
            <List.Item key={limit.code}>
              <Finding {...limit} />
            </List.Item>
          ))}
        </List>
      ) : null}
    </BlockStack>
  );
}

function Finding({ text, mends }: Diagnosis["limits"][number]) {
  const { t } = useTranslation("bundle");
  return (
    <BlockStack gap="200" inlineAlign="start">
      <Text as="p">{text}</Text>
      {mends.length > 0 ? (
        <ButtonGroup>
          {mends.map(({ kind, url }) => (
            <Button key={kind} url={url} {...(url.startsWith("/") ? {} : { target: "_blank" as const })}>
              {t(`unseen.mend.${kind}`)}
            </Button>
          ))}
        </ButtonGroup>
      ) : null}
    </BlockStack>
  );
}

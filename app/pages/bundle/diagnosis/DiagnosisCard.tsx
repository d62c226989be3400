import { useFetcher } from "@remix-run/react";
import { Banner, BlockStack, Button, ButtonGroup, List, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { readDiagnosis } from "./read-diagnosis.server.ts";

type Diagnosis = NonNullable<Awaited<ReturnType<typeof readDiagnosis>>>;

/** Answers a merchant who looks for an offer in the shop and does not find it. Asks for itself, once it is asked. */
export function DiagnosisCard({ bundleId }: { readonly bundleId: string }) {
  const { t } = useTranslation("bundle");
  const { data, state, load } = useFetcher<Diagnosis>();
  return (
    <TitledCard title={t("unseen.title")}>
      <div aria-live="polite">{data ? <Answer {...data} /> : <Text as="p">{t("unseen.text")}</Text>}</div>
      <ButtonGroup>
        <Button loading={state !== "idle"} onClick={() => load(`/app/diagnosis/${bundleId}`)}>
          {t(data ? "unseen.again" : "unseen.ask")}
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

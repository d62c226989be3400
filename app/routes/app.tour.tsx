import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { BlockStack, Box, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Page } from "#app/ui/Page.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { openPageRequest } from "#app/web/page-request.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  await openPageRequest(request);
  return json({});
}

export const handle = { texts: ["tour"] };

const STEPS = ["orders", "decide", "shown", "proof", "end"] as const;

/** What the app does, step by step on an invented shop, for who has nothing to look at yet. */
export default function TourPage() {
  const { t } = useTranslation("tour");
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLDivElement>(null);
  const isFirstDraw = useRef(true);
  // Whoever listens to the page hears the step that the button led to.
  useEffect(() => {
    if (!isFirstDraw.current) heading.current?.focus();
    isFirstDraw.current = false;
  }, [at]);
  const name = STEPS[at]!;
  const isLast = at === STEPS.length - 1;
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      secondaryActions={isLast ? [] : [{ content: t("skip"), url: "/app" }]}
    >
      <Card>
        <BlockStack gap="400">
          <div ref={heading} tabIndex={-1} style={{ outline: "none" }}>
            <BlockStack gap="100">
              <Subdued>{t("step", { step: at + 1, steps: STEPS.length })}</Subdued>
              <Text as="h2" variant="headingMd">
                {t(`${name}.title`)}
              </Text>
            </BlockStack>
          </div>
          <Text as="p">{t(`${name}.text`)}</Text>
          <Box background="bg-surface-secondary" borderRadius="200" padding="400">
            <Text as="p" variant="bodyLg">
              {t(`${name}.example`)}
            </Text>
          </Box>
          <InlineStack gap="200" align="end">
            {at > 0 ? <Button onClick={() => setAt(at - 1)}>{t("back")}</Button> : null}
            {isLast ? (
              <Button variant="primary" url="/app/suggestions">
                {t("done")}
              </Button>
            ) : (
              <Button variant="primary" onClick={() => setAt(at + 1)}>
                {t("next")}
              </Button>
            )}
          </InlineStack>
        </BlockStack>
      </Card>
    </Page>
  );
}

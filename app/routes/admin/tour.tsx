import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { BlockStack, Box, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useLoaderData } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { OfferPreview } from "#app/pages/bundle/OfferPreview.tsx";
import { AnswerCard } from "#app/pages/results/AnswerCard.tsx";
import { SuggestionItem } from "#app/pages/suggestions/SuggestionItem.tsx";
import { readTour } from "#app/pages/tour/read-tour.server.ts";
import { Page } from "#app/ui/Page.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { openPageRequest } from "#app/web/page-request.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  return json({ tour: await readTour(deps, { shop, now, words }) });
}

export const handle = { texts: ["tour", "bundles", "bundle", "results"] };

const STEPS = ["orders", "decide", "shown", "proof", "end"] as const;

/** A tour of the app with an invented shop, drawn with the components of the pages, for a merchant without data. */
export default function TourPage() {
  const { t } = useTranslation("tour");
  const [at, setAt] = useState(0);
  const heading = useRef<HTMLDivElement>(null);
  const isFirstDraw = useRef(true);
  // Focus makes a screen reader read the new step.
  useEffect(() => {
    if (!isFirstDraw.current) heading.current?.focus();
    isFirstDraw.current = false;
  }, [at]);
  const { tour } = useLoaderData<typeof loader>();
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
          <Example step={name} tour={tour} />
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

interface ExampleProps {
  readonly step: (typeof STEPS)[number];
  readonly tour: Awaited<ReturnType<typeof readTour>>;
}

/** An example of the page that the step describes. */
function Example({ step, tour: { row, components, steps, ...result } }: ExampleProps) {
  const { t } = useTranslation(["tour", "bundles"]);
  const [status, setStatus] = useState<"proposed" | "published" | "rejected">("proposed");
  switch (step) {
    case "decide":
      return (
        <BlockStack gap="200" inlineAlign="start">
          <ul style={{ listStyle: "none", margin: 0, padding: 0, inlineSize: "100%" }}>
            <SuggestionItem
              row={{ ...row, status }}
              level="h3"
              isOfSame={false}
              mark={null}
              isExample
              onDecide={
                status === "proposed"
                  ? (decision) => setStatus(decision === "approve" ? "published" : "rejected")
                  : null
              }
            />
          </ul>
          {status === "proposed" ? (
            <Subdued>{t("decide.example")}</Subdued>
          ) : (
            <Button onClick={() => setStatus("proposed")}>{t("bundles:undo")}</Button>
          )}
        </BlockStack>
      );
    case "shown":
      return <OfferPreview kind="set" title={row.title} components={components} prices={steps} />;
    case "proof":
      return <AnswerCard {...result} />;
    default:
      return (
        <Box background="bg-surface-secondary" borderRadius="200" padding="400">
          <Text as="p" variant="bodyLg">
            {t(`${step}.example`)}
          </Text>
        </Box>
      );
  }
}

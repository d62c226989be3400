import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useSearchParams } from "@remix-run/react";
import { BlockStack, Card, Link, Text, TextField } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { env } from "#app/process/env.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  await openPageRequest(request);
  return json({ supportEmail: env().SUPPORT_EMAIL ?? null });
}

export const handle = { texts: ["help"] };

/** Questions of merchants, most urgent first. `?ask=` puts its question first. */
const QUESTIONS = [
  ...["notShown", "cost", "heldOut", "end", "pays", "sure", "why"],
  ...["few", "discount", "codes", "autopilot", "customers"],
] as const;

export default function HelpPage() {
  const { t, i18n } = useTranslation("help");
  const { supportEmail } = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const [text, setText] = useState("");
  const words = text.toLocaleLowerCase(i18n.language).split(/\s+/).filter(Boolean);
  const asked = params.get("ask");
  const found = QUESTIONS.map((name) => ({
    name,
    question: t(`ask.${name}`),
    answer: t(`answer.${name}`),
  }))
    .filter(({ question, answer }) => {
      const all = `${question} ${answer}`.toLocaleLowerCase(i18n.language);
      return words.every((word) => all.includes(word));
    })
    .toSorted((a, b) => Number(b.name === asked) - Number(a.name === asked));
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      secondaryActions={[{ content: t("tour"), url: "/app/tour" }]}
    >
      <Card>
        <BlockStack gap="200">
          <TextField
            label={t("search")}
            type="search"
            value={text}
            onChange={setText}
            clearButton
            onClearButtonClick={() => setText("")}
            autoComplete="off"
          />
          <div role="status" aria-live="polite">
            {found.length === 0 ? <Text as="p">{t("none")}</Text> : null}
          </div>
        </BlockStack>
      </Card>
      {found.map(({ name, question, answer }) => (
        <TitledCard key={name} title={question} gap="200">
          <Text as="p">{answer}</Text>
        </TitledCard>
      ))}
      <TitledCard title={t("contact.title")} gap="200">
        <Text as="p">
          {supportEmail === null ? t("contact.shopify") : t("contact.write", { address: supportEmail })}
        </Text>
        {supportEmail === null ? null : <Link url={`mailto:${supportEmail}`}>{supportEmail}</Link>}
      </TitledCard>
    </Page>
  );
}

import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useNavigate, useNavigation } from "@remix-run/react";
import { Banner, BlockStack, Box, Button, InlineGrid, InlineStack, Link } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { z } from "zod";
import { withGift, withKind } from "#app/pages/bundle/terms/terms-draft.ts";
import { KindCard, OfferFields } from "#app/pages/bundle/terms/OfferFields.tsx";
import { readNewOffer } from "#app/pages/bundle/read-terms-draft.server.ts";
import { ComponentFields } from "#app/pages/bundle/terms/ComponentFields.tsx";
import { useOfferFigures } from "#app/pages/bundle/use-offer-figures.ts";
import { useOfferTerms } from "#app/pages/bundle/terms/use-offer-terms.ts";
import { createOffer } from "#app/services/validate/create-offer.server.ts";
import type { FieldMessage } from "#app/services/validate/typed-terms.server.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { parseJson, parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";

const OfferCommand = z.object({
  intent: z.enum(["draft", "publish"]),
  /** The fields of the form, as JSON. */
  terms: z.string().transform(parseJson),
});

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop } = await openPageRequest(request);
  const { searchParams } = new URL(request.url);
  const from = z.uuid().safeParse(searchParams.get("from")).data ?? null;
  const id = z
    .string()
    .regex(/^(gid:\/\/shopify\/Product\/)?\d+$/)
    .safeParse(searchParams.get("product") ?? searchParams.get("id"));
  const productGid = id.success ? `gid://shopify/Product/${id.data.split("/").at(-1)}` : null;
  return json({ offer: await readNewOffer(deps, { shop, from, productGid }) });
}

/** Saves an offer as a draft or publishes it. Answers a refused one with 422. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, graphql, words, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ...NOTHING, message: refusal }, { status: 403 });
  const { intent, terms: typed } = parseOr400(OfferCommand, Object.fromEntries(await request.formData()));
  const created = await createOffer(deps, {
    shop,
    graphql,
    typed,
    publishes: intent === "publish",
    words,
    decidedBy: staffId,
    now,
  });
  if (!created.ok) return json({ ...NOTHING, ...created }, { status: 422 });
  return json({ ...NOTHING, ...created });
}

const NOTHING = {
  ok: false,
  message: "",
  problems: [] as readonly FieldMessage[],
  twin: null as { readonly id: string; readonly title: string } | null,
  bundleId: null as string | null,
};

// The texts of `bundle` load with the lazy parts.
export const handle = { texts: ["offer"] };

const FurtherFields = lazy(() => import("#app/pages/bundle/terms/FurtherFields.tsx"));
const NewOfferPreview = lazy(() => import("#app/pages/bundle/NewOfferPreview.tsx"));
const FURTHER_FIELDS = [
  "title", "titles", "startsOn", "endsOn", "placement", "countries", "timesPerOrder", "note",
] as const; // prettier-ignore

export default function NewOfferPage() {
  const { t } = useTranslation("offer");
  const { offer } = useLoaderData<typeof loader>();
  const { currency } = offer;
  const creating = useFetcher<typeof action>();
  const navigate = useNavigate();
  const { draft, change, discard, save, ...form } = useOfferTerms<"draft" | "publish">(
    { form: offer.form, currency, newest: null },
    offer.draft,
    creating,
    // Without a title, the server suggests one from the products.
    ({ title, ...typed }, intent) =>
      creating.submit(
        { intent, terms: JSON.stringify({ ...typed, ...(title && { title }) }) },
        { method: "post" },
      ),
  );
  useOutcomeToast(creating.data);
  const bundleId = creating.data?.bundleId ?? null;
  // The revalidation after the action would interrupt the navigation. Starts it when both are idle, and again if it was
  // interrupted.
  const { state: moving } = useNavigation();
  const isToLeave = bundleId !== null && creating.state === "idle" && moving === "idle";
  useEffect(() => {
    if (isToLeave) navigate(`/app/suggestions/${bundleId}`);
  }, [isToLeave, bundleId, navigate]);

  const [isFurther, setFurther] = useState(false);
  // The fields stay open after a problem, because the first keystroke that corrects it clears it.
  if (!isFurther && FURTHER_FIELDS.some((field) => form.problemOf(field))) setFurther(true);
  const asked = useOfferFigures(draft, { bundleId: null, isAsked: true });

  const warning = asked.figures?.steps.at(-1)?.warning;
  const fields = { ...form, draft, warning, onChange: change };
  const isBusy = creating.state !== "idle" || bundleId !== null;
  const twin = form.problemOf("components") ? creating.data?.twin : null;
  const suggestion = asked.figures?.title ?? "";
  const title = draft.title || suggestion;
  const publish = { content: t("publish"), loading: isBusy, onAction: () => save("publish") };
  return (
    <Page
      title={t("new")}
      subtitle={t("subtitle")}
      backAction={{ content: t("common:nav.bundles"), url: "/app/suggestions" }}
      primaryAction={publish}
      secondaryActions={[{ content: t("keepDraft"), disabled: isBusy, onAction: () => save("draft") }]}
    >
      {twin ? (
        <Banner tone="warning" title={t("twin")}>
          <Link url={`/app/suggestions/${twin.id}`}>{twin.title}</Link>
        </Banner>
      ) : null}
      {/* A grid keeps its columns until the second one has loaded. */}
      <InlineGrid columns={{ xs: 1, md: ["twoThirds", "oneThird"] }} gap="400" alignItems="start">
        <BlockStack gap="400">
          <KindCard
            kind={draft.offer.kind}
            onChange={(kind) =>
              change({ offer: withKind(draft.offer, kind), components: withGift(draft.components, kind) })
            }
          />
          <TitledCard title={t("products")}>
            <ComponentFields {...fields} isReplaceable takesCollection />
          </TitledCard>
          <TitledCard title={t("reward")}>
            <OfferFields {...fields} />
          </TitledCard>
          <TitledCard
            title={t("details")}
            beside={isFurther ? null : <Button onClick={() => setFurther(true)}>{t("change")}</Button>}
          >
            {isFurther ? (
              <Suspense fallback={null}>
                <FurtherFields {...fields} suggestion={suggestion} />
              </Suspense>
            ) : (
              <Subdued>{title}</Subdued>
            )}
          </TitledCard>
          {/* On a phone, Polaris gives what is outside a card no margin. */}
          <Box paddingInline={{ xs: "400", sm: "0" }}>
            <InlineStack align="end" gap="200">
              {form.isDirty ? <Button onClick={discard}>{t("common:discard")}</Button> : null}
              <Button variant="primary" loading={isBusy} onClick={() => save("publish")}>
                {t("publish")}
              </Button>
            </InlineStack>
          </Box>
        </BlockStack>
        {draft.components.length > 0 ? (
          <Suspense fallback={null}>
            <NewOfferPreview
              draft={draft}
              title={title}
              figures={asked.figures}
              hasFailed={asked.hasFailed}
            />
          </Suspense>
        ) : null}
      </InlineGrid>
    </Page>
  );
}

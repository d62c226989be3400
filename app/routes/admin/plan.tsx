import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, InlineGrid, Link } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { z } from "zod";
import { PlanCard } from "#app/pages/plan/PlanCard.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { PLAN_KEYS } from "#app/domain/plans.ts";
import { env } from "#app/process/env.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { keepSubscription } from "#app/services/plan/keep-subscription.server.ts";
import { readPlanPage } from "#app/pages/plan/read-plan-page.server.ts";

const PlanChoice = z.object({ plan: z.enum(PLAN_KEYS) });

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words, billing } = await openPageRequest(request);
  const { appSubscriptions } = await billing.check({ isTest: true });
  await keepSubscription(deps, { shop, active: appSubscriptions, now });
  return json({ page: await readPlanPage(deps, { shop, now, words }) });
}

/** Redirects to Shopify's confirmation page for a paid plan; applies the free plan directly. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, words, billing, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const { plan } = parseOr400(PlanChoice, Object.fromEntries(await request.formData()));
  const page = await readPlanPage(deps, { shop, now, words });
  await record({ action: "plan", detail: { plan } });
  const { SHOPIFY_API_KEY, BILLING_TEST_CHARGES: isTest } = env();
  try {
    if (plan !== "free") {
      return await billing.request({
        plan,
        isTest,
        trialDays: page.daysLeft,
        returnUrl: `https://admin.shopify.com/store/${shop.split(".", 1)[0]}/apps/${SHOPIFY_API_KEY}/app/plan`,
      });
    }
    if (page.subscriptionGid) {
      await billing.cancel({ subscriptionId: page.subscriptionGid, isTest: page.isTest, prorate: true });
    }
  } catch (error) {
    // Shopify's library throws its redirects.
    if (error instanceof Response) throw error;
    deps.log.warn("plan.not_confirmed", { shop, error });
    return json({ ok: false, message: words.t("server:planNotConfirmed") });
  }
  await keepSubscription(deps, { shop, active: [], now });
  return json({ ok: true, message: words.t("server:planFree") });
}

export const handle = { texts: ["plan"] };

export default function PlanPage() {
  const { t } = useTranslation("plan");
  const { page } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<typeof action>();
  useOutcomeToast(fetcher.data);
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      backAction={{ content: t("common:nav.settings"), url: "/app/settings" }}
    >
      {page.daysLeft > 0 ? <Banner>{t("trial", { count: page.daysLeft })}</Banner> : null}
      {page.chargedFrom ? <Banner>{t("chargedFrom", { date: page.chargedFrom })}</Banner> : null}
      <InlineGrid columns={{ xs: 1, md: 3 }} gap="400">
        {page.plans.map((plan) => (
          <PlanCard
            key={plan.key}
            plan={plan}
            isBusy={fetcher.state !== "idle"}
            onChoose={() => fetcher.submit({ plan: plan.key }, { method: "post" })}
          />
        ))}
      </InlineGrid>
      <Subdued>{t("everything")}</Subdued>
      <Link url="/app/help?ask=cost">{t("help")}</Link>
    </Page>
  );
}

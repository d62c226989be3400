import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { AppProvider, Button, Card, FormLayout, Page, TextField } from "@shopify/polaris";
import polarisTranslations from "@shopify/polaris/locales/en.json" with { type: "json" };
import { LoginErrorType } from "@shopify/shopify-app-remix/server";
import { useState } from "react";
import { login } from "#app/web/shopify.server.ts";

/** Sends a known shop on to Shopify, and says what is wrong with the domain otherwise. */
export async function loader({ request }: LoaderFunctionArgs) {
  return json({ problem: toProblem(await login(request)) });
}

export async function action({ request }: ActionFunctionArgs) {
  return json({ problem: toProblem(await login(request)) });
}

function toProblem({ shop }: { shop?: LoginErrorType }): string | null {
  if (shop === LoginErrorType.MissingShop) return "Enter the domain of your shop.";
  if (shop === LoginErrorType.InvalidShop)
    return "That is no shop domain. It looks like my-shop.myshopify.com.";
  return null;
}

export default function LoginPage() {
  const fromLoader = useLoaderData<typeof loader>();
  const problem = (useActionData<typeof action>() ?? fromLoader).problem;
  const [shop, setShop] = useState("");
  return (
    <AppProvider i18n={polarisTranslations}>
      <Page title="Log in to Bundlesmith" narrowWidth>
        <Card>
          <Form method="post">
            <FormLayout>
              <TextField
                label="Shop domain"
                name="shop"
                type="text"
                helpText="For example my-shop.myshopify.com"
                value={shop}
                onChange={setShop}
                autoComplete="on"
                error={problem ?? false}
              />
              <Button submit variant="primary">
                Log in
              </Button>
            </FormLayout>
          </Form>
        </Card>
      </Page>
    </AppProvider>
  );
}

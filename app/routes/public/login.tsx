import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { Form, useLoaderData } from "@remix-run/react";
import { AppProvider, Button, Card, FormLayout, Page, TextField } from "@shopify/polaris";
import polarisTranslations from "@shopify/polaris/locales/en.json" with { type: "json" };
import { LoginErrorType } from "@shopify/shopify-app-remix/server";
import { useState } from "react";
import { login } from "#app/web/shopify.server.ts";

/** Redirects a valid shop domain to Shopify; otherwise shows the problem. A GET, so no body is read before sign-in. */
export async function loader({ request }: LoaderFunctionArgs) {
  const isEmpty = new URL(request.url).searchParams.get("shop") === "";
  return json({ problem: toProblem(isEmpty ? { shop: LoginErrorType.MissingShop } : await login(request)) });
}

function toProblem({ shop }: { shop?: LoginErrorType }): string | null {
  if (shop === LoginErrorType.MissingShop) return "Enter the domain of your shop.";
  if (shop === LoginErrorType.InvalidShop)
    return "That is no shop domain. It looks like my-shop.myshopify.com.";
  return null;
}

export default function LoginPage() {
  const { problem } = useLoaderData<typeof loader>();
  const [shop, setShop] = useState("");
  return (
    <AppProvider i18n={polarisTranslations}>
      <Page title="Log in to Bundlesmith" narrowWidth>
        <Card>
          <Form>
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

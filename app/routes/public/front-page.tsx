import { redirect, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { Form } from "@remix-run/react";

export const meta: MetaFunction = () => [
  { title: "Bundlesmith: bundles that your own orders ask for" },
  {
    name: "description",
    content: "A Shopify app that learns which products belong together and proves what the bundles earned.",
  },
];

/** The public front page. Shopify opens the app here with `?shop=…`, which redirects to the embedded app. */
export function loader({ request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  if (searchParams.get("shop")) throw redirect(`/app?${searchParams}`);
  return null;
}

export default function FrontPage() {
  return (
    <main style={{ maxInlineSize: "40rem", margin: "4rem auto", padding: "0 1rem", lineHeight: 1.6 }}>
      <h1 style={{ fontSize: "1.75rem", lineHeight: 1.2, marginBlockEnd: "1rem" }}>
        Bundles that your own orders ask for
      </h1>
      <p>
        Bundlesmith reads what your customers bought together, proposes bundles with the evidence and a
        discount that pays, shows the ones you approve on your storefront, and measures what they earned
        against visitors who saw none.
      </p>
      <Form action="/auth/login" style={{ marginBlock: "2rem" }}>
        <label htmlFor="shop" style={{ display: "block", fontWeight: 600 }}>
          Your shop&rsquo;s domain
        </label>
        <input
          id="shop"
          name="shop"
          required
          autoComplete="url"
          placeholder="my-shop.myshopify.com"
          style={{ padding: "0.5rem", inlineSize: "min(100%, 20rem)", marginInlineEnd: "0.5rem" }}
        />
        <button type="submit" style={{ padding: "0.5rem 1rem" }}>
          Log in
        </button>
      </Form>
      <p>
        <a href="/privacy">What we store, and what we never do</a>
      </p>
    </main>
  );
}

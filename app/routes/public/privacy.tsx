import type { MetaFunction } from "@remix-run/node";

export const meta: MetaFunction = () => [{ title: "Privacy · Bundlesmith" }];

const SECTIONS = [
  {
    title: "What is stored of a shopper",
    text: "Which products an order held, when, at what price, and a code in place of the customer. The code is made with a secret that belongs to one shop alone; it cannot be turned back into a customer, and two shops never share one. Page views and offers seen are stored under a random number that the shopper's browser made; of a search, only that there was one.",
  },
  {
    title: "What is never stored",
    text: "No name, e-mail address, phone number, postal address or payment detail. These are dropped before anything is written. What a shopper searches for is dropped as well. A file of past orders that a shop owner sends may hold customers' addresses: it lies encrypted for the minutes until it has been read and is then deleted, and cells that could not be read are shown to the owner for 30 days.",
  },
  {
    title: "What it is used for",
    text: "To learn which products belong together in that one shop, to propose bundles to its owner, and to measure what they earned. What one shop has stored is never shown to another, and never sold. If its owner agrees, the app tells other shops how strongly shoppers answered to its offers as a whole: no product, no number of orders and no name.",
  },
  {
    title: "Consent",
    text: "The pixel runs inside Shopify's customer privacy rules: without a shopper's consent to analytics, it sends nothing.",
  },
  {
    title: "Access and erasure",
    text: "Requests that a shop receives through Shopify are carried out by the app itself: a customer's orders are exported, or their code is erased from every order. When the app is uninstalled, everything of the shop is deleted as soon as Shopify asks for it, 48 hours later.",
  },
] as const;

/** The privacy policy in plain words, linked from app stores and by shoppers. */
export default function PrivacyPage() {
  return (
    <main style={{ maxInlineSize: "40rem", margin: "4rem auto", padding: "0 1rem", lineHeight: 1.6 }}>
      <h1 style={{ fontSize: "1.75rem", lineHeight: 1.2, marginBlockEnd: "1rem" }}>Privacy</h1>
      {SECTIONS.map(({ title, text }) => (
        <section key={title} style={{ marginBlockEnd: "1.5rem" }}>
          <h2 style={{ fontSize: "1.125rem", marginBlockEnd: "0.25rem" }}>{title}</h2>
          <p>{text}</p>
        </section>
      ))}
    </main>
  );
}

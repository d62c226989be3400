import { z } from "zod";
import { requestGraphql, unlessDone, type AdminCalls } from "./graphql-request.ts";
import { AppError } from "#app/process/errors.ts";

export const WEB_PIXEL_CREATE_OPERATION = `#graphql
  mutation WebPixelCreate($webPixel: WebPixelInput!) {
    webPixelCreate(webPixel: $webPixel) {
      webPixel { id }
      userErrors { field message code }
    }
  }`;

export const WEB_PIXEL_UPDATE_OPERATION = `#graphql
  mutation WebPixelUpdate($id: ID!, $webPixel: WebPixelInput!) {
    webPixelUpdate(id: $id, webPixel: $webPixel) {
      webPixel { id }
      userErrors { field message code }
    }
  }`;

export const WEB_PIXEL_DELETE_OPERATION = `#graphql
  mutation WebPixelDelete($id: ID!) {
    webPixelDelete(id: $id) {
      deletedWebPixelId
      userErrors { field message code }
    }
  }`;

export const READ_WEB_PIXEL_OPERATION = `#graphql
  query ReadWebPixel {
    webPixel { id settings }
  }`;

/** The pixel's settings, the fields of extensions/bundle-pixel/shopify.extension.toml. */
interface PixelSettings {
  readonly shop: string;
  /** The endpoint for browse events. */
  readonly endpoint: string;
}

interface WebPixel {
  readonly pixelGid: string;
  readonly settings: unknown;
}

/** The app's pixel in this shop, or null. Without one, Shopify answers with an error instead of null. */
export async function readWebPixel(admin: AdminCalls): Promise<WebPixel | null> {
  const schema = z.object({ webPixel: z.object({ id: z.string(), settings: z.unknown() }).nullable() });
  try {
    const { webPixel } = await requestGraphql(admin, READ_WEB_PIXEL_OPERATION, {}, schema);
    return webPixel && { pixelGid: webPixel.id, settings: parseSettings(webPixel.settings) };
  } catch (error) {
    if (error instanceof AppError && /no web pixel/i.test(error.message)) return null;
    throw error;
  }
}

/** Switches the pixel on and returns its id. */
export async function createWebPixel(admin: AdminCalls, settings: PixelSettings): Promise<string> {
  const schema = z.object({ webPixelCreate: z.object({ webPixel: z.object({ id: z.string() }) }) });
  const webPixel = { settings: JSON.stringify(settings) };
  const answer = await requestGraphql(admin, WEB_PIXEL_CREATE_OPERATION, { webPixel }, schema);
  return answer.webPixelCreate.webPixel.id;
}

export async function updateWebPixel(
  admin: AdminCalls,
  pixelGid: string,
  settings: PixelSettings,
): Promise<void> {
  const variables = { id: pixelGid, webPixel: { settings: JSON.stringify(settings) } };
  await requestGraphql(admin, WEB_PIXEL_UPDATE_OPERATION, variables);
}

/** Switches the pixel off. Idempotent. */
export async function deleteWebPixel(admin: AdminCalls, pixelGid: string): Promise<void> {
  await unlessDone(
    requestGraphql(admin, WEB_PIXEL_DELETE_OPERATION, { id: pixelGid }),
    ({ code }) => code === "NOT_FOUND",
  );
}

/** Shopify returns the settings as JSON, or in some versions as a JSON string. */
function parseSettings(settings: unknown): unknown {
  if (typeof settings !== "string") return settings;
  try {
    return JSON.parse(settings);
  } catch (error) {
    if (error instanceof SyntaxError) return settings;
    throw error;
  }
}

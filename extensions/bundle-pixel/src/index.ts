import { register } from "@shopify/web-pixels-extension";
import { startPixel } from "./start-pixel.ts";

register(startPixel);

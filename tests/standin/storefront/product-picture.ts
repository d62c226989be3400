import { pickShape } from "./picture-shapes.ts";

/** A drawn picture of a product, SVG text; the same for the same handle, coloured by it. */
export function drawProductPicture({ handle, category }: { handle: string; category: string }): string {
  const hue = hashOf(handle) % 360;
  const paper = `hsl(${(hue + 30) % 360} 32% 92%)`;
  const styles = [
    `.a{fill:hsl(${hue} 34% 58%)}`,
    `.b{fill:hsl(${(hue + 24) % 360} 42% 86%)}`,
    `.c{fill:hsl(${(hue + 320) % 360} 28% 36%)}`,
    `.l{fill:none;stroke:hsl(${hue} 24% 40%);stroke-width:6;stroke-linecap:round}`,
    `.o{fill:none;stroke:hsl(${(hue + 320) % 360} 28% 40%);stroke-width:13;stroke-linecap:round}`,
  ].join("");
  const tilt = (hashOf(`${handle}-tilt`) % 9) - 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800"><style>${styles}</style><rect width="400" height="400" fill="${paper}"/><ellipse cx="200" cy="352" rx="120" ry="14" fill="hsl(${hue} 20% 30% / .14)"/><g transform="rotate(${tilt} 200 220)">${pickShape({ handle, category })}</g></svg>`;
}

function hashOf(text: string): number {
  let hash = 7;
  for (const sign of text) hash = (Math.imul(hash, 31) + sign.charCodeAt(0)) >>> 0;
  return hash;
}

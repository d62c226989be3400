/** What a category's goods look like: shapes on a canvas of 400 × 400 whose colours are `--a`, `--b` and `--c`. */
const SHAPES: Readonly<Record<string, string>> = {
  "Hair care":
    '<rect x="150" y="130" width="100" height="200" rx="18" class="a"/><rect x="172" y="86" width="56" height="48" rx="8" class="c"/><rect x="150" y="190" width="100" height="80" class="b"/><path d="M175 215h50M175 235h34" class="l"/>',
  "Skin care":
    '<rect x="110" y="200" width="180" height="120" rx="22" class="a"/><rect x="104" y="156" width="192" height="56" rx="14" class="c"/><circle cx="200" cy="264" r="30" class="b"/>',
  "Bath & body":
    '<path d="M160 140h80l22 190a14 14 0 0 1-14 16h-96a14 14 0 0 1-14-16z" class="a"/><rect x="158" y="104" width="84" height="40" rx="6" class="c"/><ellipse cx="200" cy="246" rx="40" ry="52" class="b"/>',
  "Candles & fragrance":
    '<rect x="130" y="180" width="140" height="150" rx="16" class="a"/><path d="M200 176v-26" class="l"/><path d="M200 92c26 30 20 58 0 60-20-2-26-30 0-60z" class="c"/><rect x="152" y="228" width="96" height="62" rx="4" class="b"/>',
  Kitchen:
    '<path d="M120 150h150v110a70 70 0 0 1-150 0z" class="a"/><path d="M270 176h26a34 34 0 0 1 0 68h-28" class="o"/><rect x="108" y="132" width="174" height="24" rx="10" class="c"/><circle cx="195" cy="220" r="26" class="b"/>',
  "Table & dining":
    '<circle cx="200" cy="210" r="120" class="a"/><circle cx="200" cy="210" r="84" class="b"/><circle cx="168" cy="180" r="6" class="c"/><circle cx="236" cy="236" r="5" class="c"/><circle cx="214" cy="168" r="4" class="c"/><circle cx="176" cy="246" r="4" class="c"/>',
  Bedroom:
    '<rect x="88" y="150" width="224" height="140" rx="52" class="a"/><rect x="118" y="178" width="164" height="84" rx="34" class="b"/><path d="M130 220h140M200 182v76" class="l"/>',
  Garden:
    '<path d="M200 320V190" class="o"/><path d="M200 230c-70 0-90-40-90-86 62 0 90 34 90 86zM200 204c0-60 32-92 92-96 2 62-30 96-92 96z" class="a"/><path d="M150 318h100l-14 42h-72z" class="c"/>',
  Living:
    '<path d="M130 210h140l-20 124a16 16 0 0 1-16 12h-68a16 16 0 0 1-16-12z" class="a"/><rect x="118" y="184" width="164" height="32" rx="10" class="c"/><path d="M200 184c-4-50-40-62-62-66 0 40 18 62 62 66zM200 184c2-64 34-84 64-86 0 50-22 80-64 86z" class="b"/>',
  "Gifts & seasonal":
    '<rect x="112" y="190" width="176" height="140" rx="8" class="a"/><rect x="100" y="158" width="200" height="42" rx="8" class="c"/><rect x="186" y="158" width="28" height="172" class="b"/><path d="M200 158c-50-2-66-46-34-54 24-6 34 26 34 54zM200 158c50-2 66-46 34-54-24-6-34 26-34 54z" class="o"/>',
};
const ANY_SHAPE =
  '<rect x="116" y="140" width="168" height="180" rx="10" class="a"/><path d="M160 140a40 40 0 0 1 80 0" class="o"/><rect x="150" y="200" width="100" height="64" rx="6" class="b"/>';

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
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="800" height="800"><style>${styles}</style><rect width="400" height="400" fill="${paper}"/><ellipse cx="200" cy="352" rx="120" ry="14" fill="hsl(${hue} 20% 30% / .14)"/><g transform="rotate(${tilt} 200 220)">${SHAPES[category] ?? ANY_SHAPE}</g></svg>`;
}

function hashOf(text: string): number {
  let hash = 7;
  for (const sign of text) hash = (Math.imul(hash, 31) + sign.charCodeAt(0)) >>> 0;
  return hash;
}

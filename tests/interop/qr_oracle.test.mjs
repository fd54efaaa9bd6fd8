// Reads our QR codes with jsQR. CASES is a file made by test_qr_oracle.py: [{text, modules: ["0110…", …]}].
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import jsQR from "jsqr";

const PIXELS = 4;
const QUIET = 4;
const cases = JSON.parse(readFileSync(process.env.CASES, "utf8"));

// RGBA of a picture of the code, as a camera would have it: white, with dark modules.
function picture(modules) {
  const side = (modules.length + 2 * QUIET) * PIXELS;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  modules.forEach((line, row) =>
    [...line].forEach((module, column) => {
      for (let pixel = 0; module === "1" && pixel < PIXELS * PIXELS; pixel += 1) {
        const y = (row + QUIET) * PIXELS + Math.floor(pixel / PIXELS);
        const x = (column + QUIET) * PIXELS + (pixel % PIXELS);
        data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
      }
    }),
  );
  return { data, side };
}

test("every code holds its text", () => {
  assert.ok(cases.length > 20);
  for (const { text, modules } of cases) {
    const { data, side } = picture(modules);
    const found = jsQR(data, side, side, { inversionAttempts: "dontInvert" });
    assert.equal(found?.data, text);
  }
});

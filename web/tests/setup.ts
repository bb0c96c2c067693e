/** What jsdom lacks; and a test's environment is not torn down before the words that the page loads by itself are there. */

import "./system";
import { afterAll } from "vitest";

document.documentElement.style.fontSize = "15px"; // the stylesheet is not here

afterAll(async () => {
  await Promise.all([import("../src/i18n/said/zh"), import("../src/i18n/said/en")]);
});

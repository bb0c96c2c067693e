/** What jsdom lacks; and a test's environment is not torn down before the words that the page loads by itself are there. */

import "./system";
import { afterAll } from "vitest";

afterAll(async () => {
  await Promise.all([import("../src/i18n/said/zh"), import("../src/i18n/said/en")]);
});

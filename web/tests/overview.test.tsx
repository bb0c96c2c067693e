import { render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import type { Assessment, Measure, Verdict } from "../src/api/client";
import { lang } from "../src/session";
import { sorted } from "../src/pages/overview";
import { Bar, Counts } from "../src/ui/measure";
import { VerdictMark, WORST_FIRST } from "../src/ui/verdict";

const measure = (value: number): Measure => ({
  indicator: "light_on_rate",
  scope: "city",
  at: "2026-11-25T10:00:00Z",
  unit: "%",
  value,
  numerator: value,
  denominator: 100,
  unknown: 4,
  coverage: 0.96,
  span: null,
  covers: null,
  official: true,
  verdict_allowed: true,
  reason: "",
  register_version: 1,
  detail: {},
});

const assessment = (id: string, verdict: Verdict, value: number): Assessment => ({
  target: {
    id,
    document: "",
    item: "10",
    wording: "",
    bureau: [],
    indicator: "light_on_rate",
    scope: "city",
    unit: "%",
    limit: 98,
    direction: ">=",
    period: "instant",
    valid_from: null,
    valid_to: null,
    deadline: null,
    not_measured_because: "",
    assumed: "",
  },
  verdict,
  reason: "",
  at: "2026-11-25T10:00:00Z",
  measure: measure(value),
});

test("what is missed comes first, and of that the largest shortfall", () => {
  const rows = [assessment("met", "met", 99), assessment("near", "missed", 97), assessment("unknown", "unknown", 95), assessment("far", "missed", 60)];
  expect(sorted(rows).map((each) => each.target.id)).toEqual(["far", "near", "unknown", "met"]);
});

test("each verdict has a word and a shape of its own, so that colour is never the only sign", () => {
  const { container } = render(<>{WORST_FIRST.map((v) => <VerdictMark key={v} verdict={v} />)}</>);
  const shapes = [...container.querySelectorAll("path")].map((path) => path.getAttribute("d"));
  expect(new Set(shapes).size).toBe(WORST_FIRST.length);
});

test("the unknown are told apart in words and in the bar", () => {
  lang.value = "en";
  render(
    <>
      <Counts measure={measure(90)} />
      <Bar measure={measure(90)} />
    </>,
  );
  expect(screen.getByText("Unknown 4")).toBeTruthy();
  expect(screen.getByRole("img").getAttribute("aria-label")).toBe("share 90 % · Unknown 4 %");
});

import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Case } from "../src/api/incidents";
import { Reports } from "../src/pages/incident-reports";
import { cityNow, lang } from "../src/session";

const DUE = "2026-11-25T01:30:00Z";

function file(doneAt: string | null): Case {
  const report = { report: "phone", due: DUE, to: "市政府总值班室", done_at: doneAt };
  return { id: "20261125-0001", grade: "larger", upgraded_at: "2026-11-25T01:00:00Z", reports: [report] } as Case;
}

describe("the reports of an emergency", () => {
  beforeEach(() => {
    lang.value = "en";
  });
  afterEach(cleanup);

  it("are overdue once the city's clock has passed their end", () => {
    cityNow.value = "2026-11-25T01:29:59Z";
    const { rerender } = render(<Reports file={file(null)} reload={() => undefined} />);
    expect(screen.getByText("By phone")).toBeTruthy();
    expect(screen.getByText("市政府总值班室")).toBeTruthy();
    expect(screen.queryByText(/Overdue/)).toBeNull();
    expect(screen.getByText("Owed")).toBeTruthy();
    cityNow.value = "2026-11-25T01:30:01Z";
    rerender(<Reports file={file(null)} reload={() => undefined} />);
    expect(screen.getByText(/Overdue/)).toBeTruthy();
  });

  it("are not overdue when they were made, however late it is", () => {
    cityNow.value = "2026-11-26T00:00:00Z";
    render(<Reports file={file("2026-11-25T01:20:00Z")} reload={() => undefined} />);
    expect(screen.queryByText(/Overdue/)).toBeNull();
    expect(screen.getByText(/^Reported/)).toBeTruthy();
  });
});

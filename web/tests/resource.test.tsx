import { act, renderHook } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ALERT_EVENTS, connect, disconnect, type LiveEvent } from "../src/api/live";
import { useResource } from "../src/api/resource";

/** A service that answers when it is told to, and says which questions were given up. */
function slowService() {
  const questions: { answer: (text: string) => void; signal: AbortSignal }[] = [];
  const load = (signal: AbortSignal) =>
    new Promise<string>((answer) => {
      questions.push({ answer, signal });
    });
  return { questions, load };
}

test("wishes that come faster than answers do not cut the answers off; one more load follows", async () => {
  const { questions, load } = slowService();
  const { result } = renderHook(() => useResource("alerts", load));
  for (let n = 0; n < 5; n += 1) {
    void act(() => {
      result.current.reload();
    });
  }
  expect(questions.length).toBe(1);
  await act(async () => {
    questions[0]?.answer("old");
    await Promise.resolve();
  });
  expect(result.current.data).toBe("old");
  expect(questions.length).toBe(2);
  await act(async () => {
    questions[1]?.answer("new");
    await Promise.resolve();
  });
  expect(result.current.data).toBe("new");
  expect(questions.length).toBe(2);
});

test("what was asked for another key is given up", () => {
  const { questions, load } = slowService();
  const { rerender } = renderHook(({ key }) => useResource(key, load), { initialProps: { key: "a" } });
  rerender({ key: "b" });
  expect(questions.map((each) => each.signal.aborted)).toEqual([true, false]);
});

describe("events", () => {
  let tell: (type: string, data: object) => void = () => undefined;
  beforeEach(() => {
    vi.useFakeTimers();
    const listeners = new Map<string, (message: MessageEvent<string>) => void>();
    vi.stubGlobal(
      "EventSource",
      class {
        addEventListener = (type: string, listener: (message: MessageEvent<string>) => void) => listeners.set(type, listener);
        close = () => undefined;
      },
    );
    tell = (type, data) => listeners.get(type)?.({ lastEventId: "1", data: JSON.stringify({ at: "", data }) } as MessageEvent<string>);
    connect();
  });
  afterEach(() => {
    disconnect();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  async function loads(options: Parameters<typeof useResource>[2], ...events: [string, object][]): Promise<number> {
    let count = 0;
    const load = () => {
      count += 1;
      return Promise.resolve("");
    };
    const { unmount } = renderHook(() => useResource("shown", load, options));
    await act(async () => {
      await vi.advanceTimersByTimeAsync(0);
    });
    const before = count;
    for (const [type, data] of events) tell(type, data);
    await act(async () => {
      await vi.advanceTimersByTimeAsync(1000);
    });
    unmount();
    return count - before;
  }

  test("many about what is shown are one load, and one about something else is none", async () => {
    const options = { on: ["indicator.measure"], about: (event: LiveEvent) => event.data["indicator"] === "aqi" };
    const own: [string, object] = ["indicator.measure", { indicator: "aqi" }];
    const other: [string, object] = ["indicator.measure", { indicator: "light_on_rate" }];
    expect(await loads(options, own, other, own, own)).toBe(1);
    expect(await loads(options, other, other)).toBe(0);
    expect(await loads(options, ["reset", {}])).toBe(1);
  });

  test("a flood of alerts, told as one, changes the alerts too", async () => {
    expect(await loads({ on: ALERT_EVENTS }, ["alert.flood", { changes: 5000 }])).toBe(1);
  });
});

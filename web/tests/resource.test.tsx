import { act, renderHook } from "@testing-library/preact";
import { expect, test } from "vitest";
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

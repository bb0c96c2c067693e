/** What a view shows of the API: loaded, loaded again on events or after a while, kept while it fails. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./client";
import { follow, type LiveEvent } from "./live";

export type Resource<T> = {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  /** Wall clock, ms, of the last answer. */
  at: number | null;
  reload: () => void;
};

type Shown<T> = Omit<Resource<T>, "reload">;

type Options = {
  /** Load again after so many milliseconds. */
  every?: number;
  /** Load again when one of these events comes, at most once a second. */
  on?: readonly string[];
  /** Which of these events are about what is shown; all where this is missing. `reset` is about everything. */
  about?: (event: LiveEvent) => boolean;
};

const CALM_MS = 1000;
/** A service that does not answer for so long is told as one that is not there. */
const PATIENCE_MS = 20_000;

/** Load with `load` whenever `key` changes. Old data stay while new ones come, and when they fail to. */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  options: Options = {},
): Resource<T> {
  const [state, setState] = useState<Shown<T>>({ data: null, error: null, loading: true, at: null });
  const [turn, setTurn] = useState(0);
  const shown = useRef(key);
  const loader = useRef(load);
  loader.current = load;
  /** A load that is under way is never cut off by the wish for another one: events that come faster than a loaded
   * service answers would leave the page without any answer. The other one comes after it. */
  const way = useRef({ busy: false, again: false });
  const reload = () => {
    if (way.current.busy) way.current.again = true;
    else setTurn((n) => n + 1);
  };

  useEffect(() => {
    const abort = new AbortController();
    const other = shown.current !== key;
    shown.current = key;
    const own = { busy: true, again: false };
    way.current = own;
    const settled = (next: (s: Shown<T>) => Shown<T>) => {
      if (abort.signal.aborted) return;
      own.busy = false;
      setState(next);
      if (own.again) setTurn((n) => n + 1);
    };
    setState((s) => ({ ...s, data: other ? null : s.data, loading: true }));
    loader.current(AbortSignal.any([abort.signal, AbortSignal.timeout(PATIENCE_MS)])).then(
      (data) => {
        settled(() => ({ data, error: null, loading: false, at: Date.now() }));
      },
      (reason: unknown) => {
        const error = reason instanceof ApiError ? reason : new ApiError(0, "unreachable", String(reason));
        settled((s) => ({ ...s, error, loading: false }));
      },
    );
    return () => {
      abort.abort();
    };
  }, [key, turn]);

  const wanted = options.on?.join(",") ?? "";
  const about = useRef(options.about);
  about.current = options.about;
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | null = null;
    const soon = (event: LiveEvent) => {
      if (event.type !== "reset" && about.current?.(event) === false) return;
      due ??= setTimeout(() => {
        due = null;
        reload();
      }, CALM_MS);
    };
    const ends = wanted ? [follow([...wanted.split(","), "reset"], soon)] : [];
    if (options.every !== undefined) {
      const timer = setInterval(reload, options.every);
      ends.push(() => {
        clearInterval(timer);
      });
    }
    return () => {
      if (due !== null) clearTimeout(due);
      for (const end of ends) end();
    };
  }, [wanted, options.every]);

  return { ...state, reload };
}
